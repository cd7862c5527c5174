"""Many rows as one page: the causes across rows first, then a line per row, the failed ones with their errors."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchctl.engine.causes import causes, first_causes
from batchctl.engine.result import Skipped
from batchctl.plain import counted, duration, listed
from batchctl.render.html import Pages
from batchctl.render.report.html import Head
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.execution.row_end import RowEnd
    from batchctl.redaction import Redactor
    from batchctl.render.report.rows.report import RowsReport

_SIGNS = {"succeeded": "✔", "failed": "✖", "refused": "✖", "open": "⊘"}
_STATES = {"open": "unfinished", "refused": "failed"}
_MAX_ROWS = 10_000
_MAX_CAUSES = 200


class Line(Struct, frozen=True):
    """One row in the HTML report of many rows.

    ``name`` is the row's number and account. ``state`` is ``succeeded``, ``failed`` (also where it could not run) or
    ``unfinished``, with a ``sign`` for that (``✔``); ``said`` are sentences about a row that did not succeed.
    ``records`` is their number, ``time`` is in words.
    """

    state: str
    sign: str
    name: str
    said: Sequence[str]
    records: int
    time: str


def rows_html(report: RowsReport, redactor: Redactor, *, when: str = "") -> Iterator[str]:
    """The report of many rows as an HTML page that needs no other file, in pieces.

    ``when`` is the date of the run in words; ``redactor`` masks secrets in all that is shown.
    """
    ends, found = report.rows.ends, report.causes()
    return Pages(redactor).pieces(
        "rows.html",
        title=report.title,
        head=_head(report, when),
        causes=found[:_MAX_CAUSES],
        more_causes=max(0, len(found) - _MAX_CAUSES),
        rows=map(_line, islice(ends, _MAX_ROWS)),
        more_rows=max(0, len(ends) - _MAX_ROWS),
    )


def _head(report: RowsReport, when: str) -> Head:
    counts, status = report.rows.ends.table.counts(), report.rows.status
    bad = counts.rows - counts.succeeded
    said = "all rows succeeded" if status == "succeeded" else f"{counted(bad, 'row')} did not succeed"
    tiles = [
        (f"{counts.succeeded:,}/{counts.rows:,}", "rows succeeded"),
        (f"{counts.records:,}", "records"),
        (duration(report.elapsed_s), "in all"),
    ]
    state = "fine" if status == "succeeded" else status
    return Head(state, said, [part for part in (report.where, when) if part], None, tiles)


def _line(end: RowEnd) -> Line:
    state = _STATES.get(end.state, end.state)
    return Line(state, _SIGNS[end.state], end.label, list(_said(end)), end.records, duration(end.elapsed_s))


def _said(end: RowEnd) -> Iterator[str]:
    if end.error is not None:
        yield str(end.error)
    elif end.result is None:
        yield "not finished"
    else:
        for key, outcome in first_causes(end.result):
            if isinstance(outcome, Skipped):
                yield f"{key} skipped: {listed(outcome.because)} failed"
            else:
                yield f"{key}: {causes(outcome.errors)[0].sentence}"
