"""``run --record DIR`` and ``run --trace FILE.har``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.cli.run_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.backends.recording import Recorder
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan


@dataclass(frozen=True, slots=True)
class Recording:
    """What was asked to be written beside the result."""

    folder: Path | None
    trace: Path | None
    recorder: Recorder

    @classmethod
    def of(cls, output: OutputOptions, kind: str) -> Recording | None:
        """None where nothing is to be recorded. Raises ``UsageError`` for what can't be, ``FixtureError``."""
        if output.record is None and output.trace is None:
            return None
        from batchctl.engine.backends.recording import Recorder, prepare_folder

        if kind == "local":
            raise UsageError("--local reads fixtures, and there is nothing to record", hint="record with --direct")
        if output.trace is not None and kind != "direct":
            raise UsageError("--trace writes the calls of the embedded engine", hint="use it with --direct")
        if output.record is not None:
            prepare_folder(output.record)
        return cls(output.record, output.trace, Recorder())

    def write(self, plan: Plan, result: RunResult, base_url: str, terminal: Terminal) -> None:
        """Write what was recorded, and say where. Raises ``FixtureError``, ``UsageError``."""
        if self.folder is not None:
            terminal.note(f"recorded {self._recorded(self.folder, plan, result)} in {self.folder}")
        if self.trace is not None:
            from batchctl.render.report.har import har_text

            calls = self.recorder.calls
            try:
                account = plan.definition.integrated_account_id
                self.trace.write_text(har_text(calls, base_url, account, terminal.redactor), "utf-8")
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise UsageError(f"can't write {self.trace}: {reason}") from error
            terminal.note(f"{len(calls)} calls are in {self.trace}")

    def _recorded(self, folder: Path, plan: Plan, result: RunResult) -> str:
        from batchctl.engine.backends.recording import write_recording, write_result

        if self.recorder.calls:
            return f"{write_recording(self.recorder.calls, folder)} calls"
        return f"the records of {write_result(plan, result, folder)} resources"
