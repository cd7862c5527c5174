"""What becomes of a result: files first, then reports, then the screen, so that a broken view loses nothing."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.formats import ENDINGS, format_of
from batchctl.cli.notices import secret_looking
from batchctl.cli.run_options import JunitCases, Output
from batchctl.cli.terminal import width
from batchctl.config.credentials import DEFAULT_API_URL
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import BatchctlError, UsageError
from batchctl.files import write_whole
from batchctl.files.places import SafeNames, make_folder, require_folder, require_names_apart, require_place
from batchctl.render.result.data import pretty_json
from batchctl.render.result.exported import Exported
from batchctl.render.result.formats import FORMATS, RECORD_FORMATS, UNLIMITED, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.cli.query import Query
    from batchctl.cli.run_options import CommandLine, OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan

_ROWS, _ROWS_VERBOSE = 3, 20
# The file in ``--out DIR/`` that holds the errors of every resource.
ERRORS = "errors"
# GitHub Actions names a file here; what is appended to it is shown beside the job.
_JOB_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run's way out: ``where`` says who executed it, ``file`` what was run, ``api_url`` where calls went."""

    plan: Plan
    line: CommandLine
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

    def deliver(self, result: RunResult) -> None:
        """Write and show it as the command line asks. What can't be written is raised after all else is done."""
        failed: list[BatchctlError] = []
        exported = Exported(result, self.terminal.redactor, mask=self.line.output.mask_data)
        for step, what in ((self._write_out, exported.result), (self._write_reports, result)):
            try:
                step(what)
            except BatchctlError as error:
                failed.append(error)
        if failed and self.line.output.out is not None:
            self._rescue(exported.result)
        try:
            self._show(result, exported)
        except BaseException:  # raised again: whatever breaks a view, Ctrl-C included, what came back is not lost
            if self.line.output.out is None:
                self._rescue(exported.result)
            raise
        if failed:
            raise failed[0]

    def _rescue(self, result: RunResult) -> None:
        """What can't be shown or written, because the disk is full or the view is broken, need not be lost."""
        for folder in (tempfile.gettempdir(), Path.home(), "."):
            try:
                handle, name = tempfile.mkstemp(prefix="batchctl-", suffix=".json", dir=folder)
                os.close(handle)
                write_whole(Path(name), FORMATS[Output.JSON](result, self._shape()))
            except (OSError, RuntimeError, BatchctlError):
                continue
            self.terminal.warn(f"the result is in {name}")
            return
        self.terminal.warn("the result could not be saved anywhere: every disk is full")

    def _shape(self, columns: int = UNLIMITED, *, ascii_only: bool = False) -> Shape:
        return shape_of(self.line.output, self.terminal, columns, ascii_only=ascii_only)

    def _write_out(self, result: RunResult) -> None:
        asked = self.line.output
        if asked.out is None:
            return
        if is_folder(asked.out):
            self._write_folder(result, Path(asked.out), asked.output or Output.JSON)
        else:
            pieces = FORMATS[asked.output or format_of(asked.out)](result, self._shape())
            write_whole(Path(asked.out), pieces)
            self.terminal.note(f"wrote {asked.out}")

    def _write_folder(self, result: RunResult, folder: Path, output: Output) -> None:
        count = write_folder(result, folder, output, self._shape())
        self.terminal.note(f"wrote {count} files to {folder}")

    def _write_reports(self, result: RunResult) -> None:
        job = os.environ.get(_JOB_SUMMARY)
        if self.line.output.reports or job:
            from batchctl.cli.reports import write_job_summary, write_reports
            from batchctl.render.report.json import Report

            cases = self.line.output.junit_cases or JunitCases.RESOURCES
            api_url = self.api_url or DEFAULT_API_URL
            report = Report(result, self.plan, self.timeline, self.where, self.file, api_url, cases.value)
            write_reports(report, self.line.output, self.terminal)
            if job:
                write_job_summary(report, Path(job), self.terminal)

    def _show(self, result: RunResult, exported: Exported) -> None:
        asked = self.line.output
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
        picked = query.pick(body, self.terminal, ascii_only=self.terminal.ascii_only(sys.stdout))
        self.terminal.data([picked])
        # A value that is picked has lost the name that it looked secret by: so the whole is counted.
        if picked and exported.secret_values and not self.line.output.mask_data:
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

        asked = self.line.output
        rows = asked.records if asked.records is not None else _ROWS_VERBOSE if asked.verbose else _ROWS
        redact = self.terminal.redactor.text
        view = RunView(self.title, self.where, rows, asked.field_names, asked.verbose, self.file, redact=redact)
        self.terminal.view(run_tree(result, self.plan, view))
        for name in unknown_fields(result, asked.field_names):
            self.terminal.note(f"no record has a field {name}")

    def _show_summary(self, result: RunResult) -> None:
        """Where stdout has data, a person still sees what failed."""
        if not self.terminal.quiet:
            from batchctl.render.result.tree import summary_view

            self.terminal.aside(summary_view(result, self.terminal.redactor.text, self.plan, self.file))


def shape_of(asked: OutputOptions, terminal: Terminal, columns: int = UNLIMITED, *, ascii_only: bool = False) -> Shape:
    """How data is laid out, as the command line asks."""
    return Shape(
        terminal.redactor.text,
        asked.field_names,
        asked.records,
        columns,
        ascii_only=ascii_only,
        csv_raw=asked.csv_raw,
    )


def write_folder(result: RunResult, folder: Path, output: Output, shape: Shape) -> int:
    """A file per resource in ``folder``, and one for the errors; how many. Raises ``UsageError``."""
    make_folder(folder)
    names = SafeNames([ERRORS])
    errors: JsonObject = {}
    for part, key, values in result.answer_lists():
        if part == "errors":
            errors[key] = list(values)
        else:
            pieces = RECORD_FORMATS[output](values, shape)
            write_whole(folder / (names.name(key) + ENDINGS[output]), pieces)
    write_whole(folder / f"{ERRORS}.json", pretty_json(errors))
    return names.count


def is_folder(out: str) -> bool:
    """Whether ``--out`` names a folder: it ends with a slash, or is one."""
    return out.endswith(("/", os.sep)) or Path(out).is_dir()


def require_places(asked: OutputOptions, *, rows: bool = False) -> None:
    """Raise ``UsageError`` for a file or folder that can't be written, before anything is sent.

    Of many ``rows`` the traces are in a folder.
    """
    if asked.out is not None:
        if is_folder(asked.out):
            require_folder(Path(asked.out), "--out")
        else:
            require_place(Path(asked.out), "--out")
    for option, path in asked.reports.items():
        require_place(path, option)
    if asked.trace is not None and rows:
        if asked.trace.suffix or asked.trace.is_file():
            raise UsageError(f"--trace {asked.trace}: each row has a file of its own", hint="name a folder, as traces/")
        require_folder(asked.trace, "--trace")
    elif asked.trace is not None:
        require_place(asked.trace, "--trace")


def require_files_apart(asked: OutputOptions, keys: Iterable[str], read: Mapping[str, Path]) -> None:
    """Raise ``UsageError`` where ``--out DIR/`` would write the records of one of ``keys`` over a file that is read."""
    if asked.out is None or not is_folder(asked.out):
        return
    ending, names = ENDINGS[asked.output or Output.JSON], SafeNames([ERRORS])
    written = [f"{ERRORS}.json", *(names.name(key) + ending for key in keys)]
    require_names_apart(read, Path(asked.out), written)
