"""What is wanted of a row beside its result: its calls for the reports, a recording, a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.backends.recording import make_folder, write_recording, write_result
from batchctl.execution.row_end import RowCalls
from batchctl.files import write_whole
from batchctl.render.preview.data import shown
from batchctl.render.report.har import batch_exchange, call_exchange, har_text
from batchctl.render.report.json import Report, call_data
from batchctl.render.report.junit_cases import call_cases
from batchctl.structs import Struct, astuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchctl.engine.backends.recording import Recorder
    from batchctl.engine.observe.timeline import Timeline
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redactor
    from batchctl.render.report.har import HttpExchange


class RowExtras(Struct, frozen=True):
    """What is to be produced for each row of a run besides its result: entries for reports, a recording, a trace.

    It is plain data that workers get. ``listed`` asks for the row's calls in the JSON report, ``cases`` for its calls
    as JUnit cases, ``rules`` for a recording (with this text as its ``record.yaml``; None: no recording), ``trace`` for
    a HAR file. ``api_url`` is where calls go, ``kind`` who executes the rows (``truto``, ``direct``, ``local``).
    """

    listed: bool = False
    cases: bool = False
    rules: str | None = None
    trace: bool = False
    api_url: str = ""
    kind: str = ""

    @property
    def watches(self) -> bool:
        """Whether the times of each row's calls are needed."""
        return self.listed or self.cases

    @property
    def records(self) -> bool:
        """Whether the responses to each row's calls are needed."""
        return self.rules is not None or self.trace

    def calls(self, plan: Plan, result: RunResult, timeline: Timeline, redactor: Redactor) -> RowCalls:
        """A row's calls as the reports that are asked for have them, secrets masked; ``timeline`` has these calls."""
        listed: list[JsonValue] = []
        cases: list[JsonValue] = []
        if self.listed:
            view = shown(plan, api_url=self.api_url, redactor=redactor)
            listed = [call_data(call, view) for call in timeline.calls]
        if self.cases:
            report = Report(result, plan, timeline, "", "", self.api_url, "calls")
            cases = [redactor.data([*astuple(case)]) for case in call_cases(report, redactor)]
        return RowCalls(listed, cases)

    def write(
        self, plan: Plan, result: RunResult, recorder: Recorder, redactor: Redactor, folder: Path, trace: Path
    ) -> None:
        """Write a row's recording to ``folder`` and its HAR file to ``trace``, whichever of these are asked for.

        ``recorder`` has the row's calls and their responses. Raises ``FixtureError`` for a recording that can't be
        written, ``UsageError`` for a HAR file that can't.
        """
        if self.rules is not None:
            _record(self.rules, plan, result, recorder, folder)
        if self.trace:
            trace.parent.mkdir(parents=True, exist_ok=True)
            write_whole(trace, [har_text(exchanges(self.kind, plan, result, recorder, self.api_url, redactor))])


def _record(rules: str, plan: Plan, result: RunResult, recorder: Recorder, folder: Path) -> None:
    make_folder(folder, rules)
    if recorder.calls:
        write_recording(recorder.calls, folder)
    else:
        write_result(plan, result, folder)


def exchanges(
    kind: str, plan: Plan, result: RunResult, recorder: Recorder, api_url: str, redactor: Redactor
) -> Iterator[HttpExchange]:
    """The HTTP exchanges of a run, for its HAR file; a batch that ran on Truto has one.

    ``kind`` says who ran it: ``truto``, ``direct`` or ``local``; ``recorder`` has the calls; ``api_url`` begins the
    URLs.
    """
    if kind == "truto":
        yield batch_exchange(plan.definition.payload, result, api_url, recorder.began, redactor)
    for each in recorder.calls:
        yield call_exchange(each, api_url, plan.definition.integrated_account_id, redactor)


def read_files(folder: Path) -> JsonObject:
    """The texts of all files below ``folder``, by their paths relative to it, with forward slashes, sorted.

    Raises ``OSError`` for one that can't be read, ``UnicodeDecodeError`` for one that is not UTF-8.
    """
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}
