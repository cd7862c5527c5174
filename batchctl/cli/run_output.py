"""What becomes of a result: files first, then reports, then the screen, so that a broken view loses nothing."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.notices import secret_looking, speaker
from batchctl.cli.output_options import JunitCases, Output
from batchctl.cli.query import picked
from batchctl.cli.terminal import width
from batchctl.config.credentials import DEFAULT_API_URL
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import BatchctlError, UsageError
from batchctl.files.places import is_folder, is_there, require_folder, require_place
from batchctl.render.result.exported import Exported
from batchctl.render.result.formats import FORMATS, UNLIMITED, Shape
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan
    from batchctl.render.result.query import Query

_ROWS, _ROWS_VERBOSE = 3, 20
# GitHub Actions names a file here; what is appended to it is shown beside the job.
_JOB_SUMMARY = "GITHUB_STEP_SUMMARY"


class RunOutput(Struct, frozen=True):
    """Writes the result of one run to files and reports, and shows it: ``write`` does what ``asked`` says.

    ``where`` says in words what executed the run, ``file`` what was run, ``api_url`` where its calls went. ``query``
    picks what is shown, None for the whole result; ``timeline`` has the run's calls, for reports.
    """

    plan: Plan
    asked: OutputOptions
    terminal: Terminal
    where: str
    file: str
    api_url: str = ""
    query: Query | None = None
    timeline: Timeline = field(default_factory=Timeline)

    @property
    def title(self) -> str:
        """The batch's name, else its file's."""
        return self.plan.definition.name or self.file

    def write(self, result: RunResult) -> None:
        """Write the files and reports that the command line asks for, then show the result.

        Raises ``UsageError`` for the first thing that could not be written, after everything else has been done.
        """
        failed: list[BatchctlError] = []
        exported = Exported(result, self.terminal.redactor, mask=self.asked.mask_data)
        for step, what in ((self._write_out, exported.result), (self._write_reports, result)):
            try:
                with laying_out():
                    step(what)
            except BatchctlError as error:
                failed.append(error)
        if failed and self.asked.out is not None:
            self._rescue(exported.result)
        try:
            with laying_out():
                self._show(result, exported)
        except BaseException:  # raised again: whatever breaks a view, Ctrl-C included, what came back is not lost
            if self.asked.out is None:
                self._rescue(exported.result)
            raise
        if failed:
            raise failed[0]

    def _rescue(self, result: RunResult) -> None:
        """What can't be shown or written, because the disk is full or the view is broken, need not be lost."""
        from batchctl.outputs.result_files import rescue

        saved = rescue(result, self._shape())
        said = "the result could not be saved anywhere: every disk is full" if saved is None else None
        self.terminal.warn(said or f"the result is in {saved}")

    def _shape(self, columns: int = UNLIMITED, *, ascii_only: bool = False) -> Shape:
        return shape_of(self.asked, self.terminal, columns, ascii_only=ascii_only)

    def _write_out(self, result: RunResult) -> None:
        place = self.asked.place
        if place is not None:
            place.write(result, self._shape(), speaker(self.terminal))

    def _write_reports(self, result: RunResult) -> None:
        job = os.environ.get(_JOB_SUMMARY)
        if not (self.asked.reports or job):
            return
        from batchctl.cli.reports import write_reports
        from batchctl.outputs.reports import append_job_summary
        from batchctl.render.report.json import Report

        cases = self.asked.junit_cases or JunitCases.RESOURCES
        api_url = self.api_url or DEFAULT_API_URL
        report = Report(result, self.plan, self.timeline, self.where, self.file, api_url, cases.value)
        write_reports(report, self.asked, self.terminal)
        if job:
            try:
                append_job_summary(report, Path(job), self.terminal.redactor)
            except UsageError as error:
                # It is the platform's, and no reason to fail.
                self.terminal.note(str(error))

    def _show(self, result: RunResult, exported: Exported) -> None:
        asked = self.asked
        if self.query is not None:
            self._print_picked(self.query, exported)
            self._show_summary(result)
            return
        if asked.output in (None, Output.TREE):
            self._show_tree(result)
        else:
            if asked.out is None:
                self._print(result if asked.output is Output.TABLE else exported.result, asked.output)
            self._show_summary(result)
        # The tree and the tables are for people, and masked: only data is as it came.
        is_data = asked.out is not None or asked.output not in (None, Output.TREE, Output.TABLE)
        if is_data and exported.secret_values and not asked.mask_data:
            what = secret_looking(exported.secret_values, "output")
            self.terminal.note(f"{what}; --mask-data masks such values")

    def _print_picked(self, query: Query, exported: Exported) -> None:
        body = "".join(FORMATS[Output.JSON](exported.result, self._shape()))
        text = picked(query, body, self.terminal, ascii_only=self.terminal.ascii_only(sys.stdout))
        self.terminal.data([text])
        # A value that is picked has lost the name that it looked secret by: so the whole is counted.
        if text and exported.secret_values and not self.asked.mask_data:
            what = secret_looking(exported.secret_values, "result")
            self.terminal.note(f"{what}, and the query may pick from them; --mask-data masks such values")

    def _print(self, result: RunResult, output: Output) -> None:
        ascii_only = self.terminal.ascii_only(sys.stdout)
        columns = width(sys.stdout) if sys.stdout.isatty() else UNLIMITED
        pieces = FORMATS[output](result, self._shape(columns, ascii_only=ascii_only))
        if output is Output.TABLE:
            self.terminal.result(pieces)
        else:
            self.terminal.data(pieces)

    def _show_tree(self, result: RunResult) -> None:
        from batchctl.render.result.figures import unknown_fields
        from batchctl.render.result.tree import RunView, run_tree

        asked, rows = self.asked, records_shown(self.asked)
        redact = self.terminal.redactor.text
        view = RunView(self.title, self.where, redact, rows, asked.field_names, asked.verbose, self.file)
        self.terminal.view(run_tree(result, self.plan, view))
        for name in unknown_fields(result, asked.field_names):
            self.terminal.note(f"no record has a field {name}")

    def _show_summary(self, result: RunResult) -> None:
        """Where stdout has data, a person still sees what failed."""
        if not self.terminal.quiet:
            from batchctl.render.result.tree import summary_view

            self.terminal.aside(summary_view(result, self.terminal.redactor.text, self.plan, self.file))


@contextmanager
def laying_out() -> Iterator[None]:
    """A context in which a result is laid out; where it nests too deep for its format, ``UsageError`` is raised.

    All formats but JSON and NDJSON go down level by level, up to Python's limit on recursion; answers may nest deeper.
    """
    try:
        yield
    except RecursionError as error:
        raise UsageError(
            "the result nests too deep to be laid out so", hint="-o json and -o ndjson write it"
        ) from error


def records_shown(asked: OutputOptions) -> int:
    """How many records of each resource the tree on the screen shows: ``--records``, else 3, or 20 with ``-v``."""
    return asked.records if asked.records is not None else _ROWS_VERBOSE if asked.verbose else _ROWS


def shape_of(asked: OutputOptions, terminal: Terminal, columns: int = UNLIMITED, *, ascii_only: bool = False) -> Shape:
    """How a result is laid out, as the options ask: which fields, how many records.

    ``terminal`` masks secrets in it. ``columns`` is the width of the screen in characters. ``ascii_only`` writes
    characters beyond ASCII as escapes.
    """
    return Shape(
        terminal.redactor.text,
        asked.field_names,
        asked.records,
        columns,
        ascii_only=ascii_only,
        csv_raw=asked.csv_raw,
    )


def require_places(asked: OutputOptions, *, rows: bool = False) -> None:
    """Raise ``UsageError``, before anything is sent, for an output file or folder that can't be written.

    With ``rows`` (``--each``) ``--trace`` names a folder instead of a file.
    """
    if (place := asked.place) is not None:
        place.require("--out")
    for option, path in asked.reports.items():
        require_place(path, option)
    if asked.trace is not None and rows:
        if asked.trace.suffix or (is_there(asked.trace) and not is_folder(asked.trace)):
            raise UsageError(f"--trace {asked.trace}: each row has a file of its own", hint="name a folder, as traces/")
        require_folder(asked.trace, "--trace")
    elif asked.trace is not None:
        require_place(asked.trace, "--trace")
