"""A dry run of many rows: a line per row and the totals, or the same as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from batchctl.json_types import write_json
from batchctl.plain import clean, counted, duration
from batchctl.render.preview.closing import requests_known
from batchctl.render.preview.data import FORMAT_VERSION
from batchctl.render.preview.ndjson import preview_ndjson
from batchctl.render.text.words import row_label
from batchctl.structs import Struct
from batchctl.truto.limits import ACCOUNT_CALLS, TOKEN_CALLS, WINDOW_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from batchctl.execution.row_end import Row
    from batchctl.json_types import JsonObject
    from batchctl.plan.preview import Preview
    from batchctl.plan.row_totals import RowTotals
    from batchctl.render.preview.data import RequestView

_LINES_AT_ONCE = 200


class RowPreview(Struct, frozen=True):
    """The preview of one row, and the view that shows it and masks its secrets."""

    row: Row
    preview: Preview
    view: RequestView


def rows_lines(
    previews: Iterable[RowPreview], totals: RowTotals, title: str, *, summary: bool = False
) -> Iterator[RenderableType]:
    """For a dry run of many rows ``title``, a line per row, and the totals; with ``summary`` only the totals.

    ``totals`` is read when ``previews`` has been gone through, which adds each row to it.
    """
    lines: list[Text] = []
    for each in previews:
        if summary:
            continue
        if not lines:
            lines.append(Text(clean(each.view.redactor.text(title), 120), style="bold"))
            title = ""
        lines.append(_line(each))
        if len(lines) >= _LINES_AT_ONCE:
            yield Group(*filter(None, lines))
            lines = [Text("")]
    if lines:
        yield Group(*filter(None, lines), Text(""))
    yield closing_line(totals)


def closing_line(totals: RowTotals) -> Text:
    """The totals of all rows in a line: ``3 rows · 60 requests known · no writes · 10 s at least, since …``."""
    parts = [counted(totals.rows, "row"), f"{counted(totals.known, 'request')} known"]
    more = totals.rows - totals.complete
    if more:
        parts[-1] += f", only a run can tell all of {counted(more, 'row')}"
    if totals.writes:
        parts.append(f"writes: {totals.writes:,}")
    if totals.deletes:
        parts.append(f"of these deletes: {totals.deletes:,}")
    if not totals.writes:
        parts.append("no writes")
    if totals.lists:
        parts.append(f"pages of {counted(totals.lists, 'list')} left to the service")
    parts.append(_rate(totals))
    return Text(" · ".join(parts), style="bold")


def _rate(totals: RowTotals) -> str:
    account, token = (f"{ACCOUNT_CALLS} calls per {WINDOW_S} s", f"{TOKEN_CALLS} calls per {WINDOW_S} s")
    match totals.limited_by:
        case "account":
            return f"{duration(totals.least_s)} at least, since an account takes {account}"
        case "token":
            return f"{duration(totals.least_s)} at least, since the token takes {token}"
        case _:
            return f"within {account} and account, {token} and token"


def _line(each: RowPreview) -> Text:
    found = each.preview.totals()
    parts = [requests_known(found)]
    if found.writes:
        parts.append(counted(found.writes, "write"))
    parts += [f"{clean(key, 60)} makes none: {clean(why, 200)}" for key, why in _problems(each.preview)]
    return Text.assemble((row_label(each.row, each.view.redactor.text), "bold"), f"  {' · '.join(parts)}")


def _problems(preview: Preview) -> Iterator[tuple[str, str]]:
    for resource in preview.resources:
        if resource.problem:
            yield resource.step.node.key, resource.problem


def rows_json(previews: Iterable[RowPreview], totals: RowTotals, file: str) -> Iterator[str]:
    """The dry run of many rows as JSON text, piece by piece; ``file`` is the definition's name.

    It is ``{"format_version": "1.0", "file", "rows": [{"row", "account", "args", "summary"}], "summary"}``; a row has
    ``problems``, too, where something can't be filled in: a sentence by the resource's key. The summary of a row has
    the numbers ``resources``, ``requests`` (shown), ``known`` (certain to be made), ``writes``, ``deletes`` and
    ``paged`` (lists with pages), and ``complete``, a boolean; the last one, over all rows, has ``rows`` and
    ``accounts`` (numbers) and ``rate_limit`` (``{"calls", "token_calls", "per_s", "takes_at_least_s", "limited_by"}``)
    in place of ``resources``. ``totals`` is read when ``previews`` has been gone through.
    """
    yield write_json({"format_version": FORMAT_VERSION, "file": file}, indent=2).removesuffix("\n}") + ',\n  "rows": ['
    lead = "\n    "
    for each in previews:
        yield lead + write_json(_row(each))
        lead = ",\n    "
    summary: JsonObject = {
        "rows": totals.rows,
        "requests": totals.requests,
        "known": totals.known,
        "complete": totals.complete == totals.rows,
        "writes": totals.writes,
        "deletes": totals.deletes,
        "paged": totals.lists,
        "accounts": len(totals.calls),
        "rate_limit": {
            "calls": ACCOUNT_CALLS,
            "token_calls": TOKEN_CALLS,
            "per_s": WINDOW_S,
            "takes_at_least_s": totals.least_s,
            "limited_by": totals.limited_by,
        },
    }
    text = write_json(summary, indent=2).replace("\n", "\n  ")
    yield f'\n  ],\n  "summary": {text}\n}}\n'


def _row(each: RowPreview) -> JsonObject:
    found, view = each.preview.totals(), each.view
    problems: JsonObject = dict(_problems(each.preview))
    return {
        "row": each.row.number,
        "account": view.account,
        "args": view.mapping(each.row.args),
        "summary": {
            "resources": found.resources,
            "requests": found.requests,
            "known": found.known,
            "complete": each.preview.complete,
            "writes": found.writes,
            "deletes": found.deletes,
            "paged": found.lists,
        },
        **({"problems": problems} if problems else {}),
    }


def rows_ndjson(previews: Iterable[RowPreview], *, explain: bool = False) -> Iterator[str]:
    """The requests of every row as NDJSON: a line of JSON each.

    A line has ``row``, the row's number from 1, ``account``, and then what ``preview_ndjson`` writes: ``resource``,
    ``method``, ``path``, ``url``, ``query``, ``body``, ``unresolved`` and ``bindings``. ``explain`` adds where values
    came from.
    """
    for each in previews:
        tag = write_json({"row": each.row.number, "account": each.view.account})[:-1]
        yield from preview_ndjson(each.preview, each.view, explain=explain, tag=f"{tag[1:]}, ")
