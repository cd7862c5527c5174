"""What becomes of the rows of ``--each``: files first, then reports, then the screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from batchctl.cli.notices import secret_looking, speaker
from batchctl.cli.output_options import JunitCases, Output
from batchctl.cli.query import failing
from batchctl.cli.run_output import laying_out, records_shown, shape_of
from batchctl.cli.terminal import width
from batchctl.errors import BatchctlError
from batchctl.json_types import write_json
from batchctl.render.result.exported import ExportedRows
from batchctl.render.result.formats import UNLIMITED
from batchctl.render.result.row_causes import causes_across
from batchctl.render.result.rows import ROW_FORMATS
from batchctl.render.result.sync_rows import SYNC_FORMATS, SyncRuns
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.row_end import RowEnd
    from batchctl.execution.rows import RowsResult
    from batchctl.plan.planner import Plan
    from batchctl.render.result.query import Query

_MAX_NAMED = 20


def output_of(asked: OutputOptions, query: Query | None) -> Output:
    """The format in which rows are printed or written: that of ``-o``, else by the ending of ``--out``, else a tree.

    With a ``query`` it is NDJSON, a line per row; for a folder as ``--out`` without ``-o`` it is JSON.
    """
    if query is not None:
        return Output.NDJSON
    if asked.output is not None or asked.out is None:
        return asked.output or Output.TREE
    place = asked.place
    return Output.JSON if place is None or place.is_folder else Output(place.format)


class RowsOutput(Struct, frozen=True):
    """Writes the results of rows to files and reports, and shows them: ``write`` does what ``asked`` says.

    ``plan`` is that of the first row, ``where`` says in words what executed the rows, ``file`` what was run. ``query``
    picks what is shown of each row, None for all of it.
    """

    plan: Plan
    asked: OutputOptions
    terminal: Terminal
    where: str
    file: str
    query: Query | None = None

    def write(self, rows: RowsResult, elapsed_s: float) -> None:
        """Write files and reports, then show the rows; ``elapsed_s`` is how many seconds all of them took.

        Raises ``BatchctlError`` for the first file that could not be written, after everything else has been done.
        """
        failed: list[BatchctlError] = []
        exported = ExportedRows(rows.ends, self.terminal.redactor, mask=self.asked.mask_data)
        try:
            with laying_out():
                self._write_out(exported)
        except BatchctlError as error:
            failed.append(error)
        try:
            with laying_out():
                self._write_reports(rows, elapsed_s)
        except BatchctlError as error:
            failed.append(error)
        with laying_out():
            self._show(rows, exported)
        if exported.secret_values and not self.asked.mask_data:
            what = secret_looking(exported.secret_values, "output")
            self.terminal.note(f"{what}; --mask-data masks such values")
        if failed:
            raise failed[0]

    def _write_out(self, rows: ExportedRows) -> None:
        place = self.asked.place
        if place is not None:
            pieces = self._pieces(rows, output_of(self.asked, self.query))
            place.write_rows(rows, pieces, shape_of(self.asked, self.terminal), speaker(self.terminal))

    def _pieces(self, ends: ExportedRows, output: Output, *, screen: bool = False) -> Iterator[str]:
        ascii_only = screen and self.terminal.ascii_only(sys.stdout)
        if self.query is not None:
            return self._picked(self.query, ends, ascii_only=ascii_only)
        columns = width(sys.stdout) if screen and sys.stdout.isatty() else UNLIMITED
        shape = shape_of(self.asked, self.terminal, columns, ascii_only=ascii_only)
        if self.plan.definition.job is not None:
            return SYNC_FORMATS[output](SyncRuns(ends), shape)
        return ROW_FORMATS[output](ends, shape)

    def _picked(self, query: Query, ends: Iterable[RowEnd], *, ascii_only: bool) -> Iterator[str]:
        """What the query picks from the response body of each row: a line per row that has one."""
        for end in ends:
            if end.result is None:
                continue
            with failing(query.expression.text, self.terminal):
                value = query.value(write_json(end.result.body()))
            if query.raw:
                yield f"{query.raw_text(value)}\n"
            else:
                picked = {"row": end.number, "account": end.account, "value": value}
                yield write_json(picked, ascii_only=ascii_only) + "\n"

    def _write_reports(self, rows: RowsResult, elapsed_s: float) -> None:
        if self.asked.reports:
            from batchctl.outputs.reports import write_row_reports
            from batchctl.render.report.rows.report import RowsReport

            cases = self.asked.junit_cases or JunitCases.RESOURCES
            report = RowsReport(rows, self.plan, self.where, self.file, elapsed_s, cases.value)
            write_row_reports(report, self.asked.reports_by_format, self.terminal.redactor, speaker(self.terminal))

    def _show(self, rows: RowsResult, exported: ExportedRows) -> None:
        from batchctl.render.result.each import RowsView, causes_view, rows_closing_line, rows_tree

        output = output_of(self.asked, self.query)
        tree = self.asked.output in (None, Output.TREE) and self.query is None
        if not tree and self.asked.out is None:
            write = self.terminal.result if output is Output.TABLE else self.terminal.data
            write(self._pieces(exported, output, screen=True))
        if not tree and self.terminal.quiet:
            return
        table, redact = rows.ends.table, self.terminal.redactor.text
        causes = causes_across(rows.ends) if table.counts().succeeded < len(table) else []
        ending = [*causes_view(causes, redact), rows_closing_line(table.counts(), table.not_succeeded(_MAX_NAMED))]
        if not tree:
            for each in ending:
                self.terminal.aside(each)
            return
        asked = self.asked
        view = RowsView(self.plan, self.file, redact, records_shown(asked), asked.field_names, asked.verbose)
        self.terminal.views(rows_tree(rows.ends, view))
        self.terminal.views(ending)
