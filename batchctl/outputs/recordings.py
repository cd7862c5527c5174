"""Recordings and traces of runs: fixtures that give the same result, and the HTTP calls as HAR."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.backends.recording import Recorder, prepare_folder, rules_of, write_recording, write_result
from batchctl.errors import BatchctlError, UsageError
from batchctl.execution.notices import Recorded, Traced
from batchctl.execution.row_end import row_folder
from batchctl.files import reason_of, write_whole
from batchctl.files.places import make_folder, require_place
from batchctl.outputs.row_extras import RowExtras, exchanges
from batchctl.render.report.har import har_text
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.engine.result import RunResult
    from batchctl.execution.making import ExecutorKind
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_end import Row
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redactor


class Recording(Struct, frozen=True):
    """Where one run is recorded: in a folder of fixtures that give the same result, in a HAR file, or both.

    ``folder`` and ``trace`` are these paths, None where not asked for; ``kind`` says who runs it (``truto``,
    ``direct``); ``recorder`` collects the calls: pass it to the executor, and call ``write`` when the run has ended.
    """

    folder: Path | None
    trace: Path | None
    kind: ExecutorKind
    recorder: Recorder

    @classmethod
    def of(cls, folder: Path | None, trace: Path | None, kind: ExecutorKind) -> Recording:
        """The recording of a run in ``folder``, in the HAR file ``trace``, or in both.

        ``kind`` says who runs it: ``truto``, ``direct`` or ``local``. Raises ``UsageError`` for a run that can't be
        recorded (``local``) and a file that can't be written, ``FixtureError`` for a folder that can't be used.
        """
        _require_calls(kind)
        if trace is not None:
            require_place(trace, "trace")
        if folder is not None:
            prepare_folder(folder)
        return cls(folder, trace, kind, Recorder())

    def write(self, plan: Plan, result: RunResult, api_url: str, redactor: Redactor, notify: Notify) -> None:
        """Write what was recorded, and tell ``notify`` where; ``api_url`` is where calls went.

        Raises ``FixtureError`` for a recording that can't be written, ``UsageError`` for a HAR file that can't.
        """
        if self.folder is not None:
            if self.recorder.calls:
                notify(Recorded(self.folder, write_recording(self.recorder.calls, self.folder), "call"))
            else:
                notify(Recorded(self.folder, write_result(plan, result, self.folder), "resource"))
        if self.trace is not None:
            found = list(exchanges(self.kind, plan, result, self.recorder, api_url, redactor))
            write_whole(self.trace, [har_text(found)])
            notify(Traced(self.trace, len(found)))


class RowRecordings(Struct):
    """Where the rows of a run are recorded: each in a folder of its own in ``folder``, and a HAR file in ``trace``.

    ``write`` or ``take`` each row, and call ``end`` after the last. ``extras`` says what is recorded; ``digits`` is the
    width of a row's number in names, ``rows`` how many were written. What can't be written does not stop the rows: the
    first such error is in ``failed``, None without one. ``folder`` and ``trace`` are None where not asked for.
    """

    folder: Path | None
    trace: Path | None
    extras: RowExtras
    redactor: Redactor
    digits: int
    rows: int = 0
    failed: BatchctlError | None = None

    @classmethod
    def of(
        cls, folder: Path | None, trace: Path | None, extras: RowExtras, redactor: Redactor, rows: int
    ) -> RowRecordings:
        """The recordings of ``rows`` rows, prepared before anything runs; ``extras`` is what reports need of them.

        Raises ``UsageError`` for rows that can't be recorded, ``FixtureError`` for a folder that can't be used.
        ``folder`` and ``trace`` are None where not asked for.
        """
        if folder is not None or trace is not None:
            _require_calls(extras.kind)
        if folder is not None:
            prepare_folder(folder)
            extras = replace(extras, rules=rules_of(folder))
        if trace is not None:
            make_folder(trace)
            extras = replace(extras, trace=True)
        return cls(folder, trace, extras, redactor, len(str(rows)))

    def write(self, row: Row, plan: Plan, result: RunResult, recorder: Recorder) -> None:
        """Write what ``recorder`` has of a row; an error is not raised, but stored in ``failed``."""
        name, here = row_folder(row.number, row.account, self.digits), Path()
        folder, trace = (self.folder or here) / name, (self.trace or here) / f"{name}.har"
        with self._noting():
            self.extras.write(plan, result, recorder, self.redactor, folder, trace)

    def take(self, row: Row, files: Mapping[str, str], failed: str | None) -> None:
        """Write what a worker has recorded of a row; an error is not raised, but stored in ``failed``.

        ``files`` are texts by path, those of a recording below ``record/``; ``failed`` says why they are incomplete,
        None where they are not.
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

    def end(self, notify: Notify) -> None:
        """Tell ``notify`` where the recordings are; raise ``failed``, the first error, if not all could be written."""
        for place in (self.folder, self.trace):
            if place is not None:
                notify(Recorded(place, self.rows, "row"))
        if self.failed is not None:
            raise self.failed


def _require_calls(kind: str) -> None:
    if kind == "local":
        raise UsageError("--local reads fixtures, and there is nothing to record", hint="record with --direct")
