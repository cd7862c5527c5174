"""``run --record DIR`` and ``run --trace FILE.har``; with ``--each`` a folder and a file per row."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError, UsageError
from batchctl.execution.row_end import row_folder
from batchctl.files import reason_of, write_whole
from batchctl.files.places import make_folder
from batchctl.plain import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.cli.run_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.backends.recording import Recorder
    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import Row
    from batchctl.plan.planner import Plan
    from batchctl.render.report.rows.beside import Beside


_NOTHING = "--local reads fixtures, and there is nothing to record"
_RECORD_DIRECT = "record with --direct"


@dataclass(frozen=True, slots=True)
class Recording:
    """What was asked to be written beside the result."""

    folder: Path | None
    trace: Path | None
    recorder: Recorder
    kind: str

    @classmethod
    def of(cls, output: OutputOptions, kind: str) -> Recording | None:
        """None where nothing is to be recorded. Raises ``UsageError`` for what can't be, ``FixtureError``."""
        if output.record is None and output.trace is None:
            return None
        from batchctl.engine.backends.recording import Recorder, prepare_folder

        if kind == "local":
            raise UsageError(_NOTHING, hint=_RECORD_DIRECT)
        if output.record is not None:
            prepare_folder(output.record)
        return cls(output.record, output.trace, Recorder(), kind)

    def write(self, plan: Plan, result: RunResult, base_url: str, terminal: Terminal) -> None:
        """Write what was recorded, and say where. Raises ``FixtureError``, ``UsageError``."""
        if self.folder is not None:
            terminal.note(f"recorded {self._recorded(self.folder, plan, result)} in {self.folder}")
        if self.trace is not None:
            from batchctl.render.report.har import har_text
            from batchctl.render.report.rows.beside import exchanges

            found = list(exchanges(self.kind, plan, result, self.recorder, base_url, terminal.redactor))
            write_whole(self.trace, [har_text(found)])
            terminal.note(f"{counted(len(found), 'call')} {'is' if len(found) == 1 else 'are'} in {self.trace}")

    def _recorded(self, folder: Path, plan: Plan, result: RunResult) -> str:
        from batchctl.engine.backends.recording import write_recording, write_result

        if self.recorder.calls:
            return counted(write_recording(self.recorder.calls, folder), "call")
        return f"the records of {counted(write_result(plan, result, folder), 'resource')}"


@dataclass(slots=True)
class RowRecordings:
    """What is written of each row beside its result: ``folder`` and ``trace`` are folders, ``beside`` says what.

    ``digits`` are those of a row's number in a name. What can't be written does not stop the rows: it is in ``failed``.
    """

    folder: Path | None
    trace: Path | None
    beside: Beside
    terminal: Terminal
    digits: int
    rows: int = 0
    failed: BatchctlError | None = None

    @classmethod
    def of(cls, output: OutputOptions, kind: str, api_url: str, terminal: Terminal, rows: int) -> RowRecordings:
        """Raises ``UsageError`` for what can't be, ``FixtureError``, before anything runs."""
        from batchctl.cli.run_options import JunitCases
        from batchctl.engine.backends.recording import prepare_folder, rules_of
        from batchctl.render.report.rows.beside import Beside

        rules = None
        if kind == "local" and (output.record or output.trace):
            raise UsageError(_NOTHING, hint=_RECORD_DIRECT)
        if output.record is not None:
            prepare_folder(output.record)
            rules = rules_of(output.record)
        if output.trace is not None:
            make_folder(output.trace)
        beside = Beside(
            listed=output.report_json is not None,
            cases=output.junit_cases is JunitCases.CALLS,
            rules=rules,
            trace=output.trace is not None,
            api_url=api_url,
            kind=kind,
        )
        return cls(output.record, output.trace, beside, terminal, len(str(rows)))

    def write(self, row: Row, plan: Plan, result: RunResult, recorder: Recorder) -> None:
        """Write what was recorded of a row."""
        name, here = row_folder(row.number, row.account, self.digits), Path()
        folder, trace = (self.folder or here) / name, (self.trace or here) / f"{name}.har"
        with self._noting():
            self.beside.write(plan, result, recorder, self.terminal.redactor, folder, trace)

    def take(self, row: Row, files: Mapping[str, str], failed: str | None) -> None:
        """The same for a row that ran elsewhere: texts by path, those of the recording below ``record/``.

        ``failed`` says why these are not all.
        """
        name = row_folder(row.number, row.account, self.digits)
        with self._noting():
            if failed is not None:
                raise UsageError(failed)
            for path, text in files.items():
                below = path.removeprefix("record/")
                if self.folder is not None and below != path:
                    target = self.folder / name / below
                elif self.trace is not None:
                    target = self.trace / f"{name}.har"
                else:
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                write_whole(target, [text])

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
            self.rows += 1
        except BatchctlError as error:
            self.failed = self.failed or error
        except OSError as error:
            self.failed = self.failed or UsageError(f"can't write {error.filename}: {reason_of(error)}")

    def end(self) -> None:
        """Say where everything is. Raises what could not be written."""
        for place in (self.folder, self.trace):
            if place is not None:
                self.terminal.note(f"recorded {counted(self.rows, 'row')} in {place}")
        if self.failed is not None:
            raise self.failed
