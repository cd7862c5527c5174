"""``run --record DIR`` and ``run --trace FILE.har``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.files import write_whole
from batchctl.plain import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchctl.cli.run_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.backends.recording import Recorder
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redactor
    from batchctl.render.report.har import HttpExchange


@dataclass(frozen=True, slots=True)
class Recording:
    """What was asked to be written beside the result; ``began`` is Unix time in seconds."""

    folder: Path | None
    trace: Path | None
    recorder: Recorder
    kind: str
    began: float

    @classmethod
    def of(cls, output: OutputOptions, kind: str) -> Recording | None:
        """None where nothing is to be recorded. Raises ``UsageError`` for what can't be, ``FixtureError``."""
        if output.record is None and output.trace is None:
            return None
        from batchctl.engine.backends.recording import Recorder, prepare_folder

        if kind == "local":
            raise UsageError("--local reads fixtures, and there is nothing to record", hint="record with --direct")
        if output.record is not None:
            prepare_folder(output.record)
        return cls(output.record, output.trace, Recorder(), kind, time.time())

    def write(self, plan: Plan, result: RunResult, base_url: str, terminal: Terminal) -> None:
        """Write what was recorded, and say where. Raises ``FixtureError``, ``UsageError``."""
        if self.folder is not None:
            terminal.note(f"recorded {self._recorded(self.folder, plan, result)} in {self.folder}")
        if self.trace is not None:
            from batchctl.render.report.har import har_text

            exchanges = list(self._exchanges(plan, result, base_url, terminal.redactor))
            write_whole(self.trace, [har_text(exchanges)])
            terminal.note(f"{counted(len(exchanges), 'call')} {'is' if len(exchanges) == 1 else 'are'} in {self.trace}")

    def _exchanges(self, plan: Plan, result: RunResult, base_url: str, redactor: Redactor) -> Iterator[HttpExchange]:
        from batchctl.render.report.har import batch_exchange, call_exchange

        if self.kind == "truto":
            yield batch_exchange(plan.definition.payload, result, base_url, self.began, redactor)
        for each in self.recorder.calls:
            yield call_exchange(each, base_url, plan.definition.integrated_account_id, redactor)

    def _recorded(self, folder: Path, plan: Plan, result: RunResult) -> str:
        from batchctl.engine.backends.recording import write_recording, write_result

        if self.recorder.calls:
            return f"{write_recording(self.recorder.calls, folder)} calls"
        return f"the records of {write_result(plan, result, folder)} resources"
