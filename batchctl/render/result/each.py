"""Many runs of one batch: a line per row, the failures opened; and the same for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from batchctl.engine.result import Skipped
from batchctl.json_types import write_json
from batchctl.plain import clean, counted, duration
from batchctl.redaction import is_secret_name
from batchctl.render.result.data import run_ndjson
from batchctl.render.result.tree import RunView, run_tree
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redact

_MAX_LABEL = 60


@dataclass(frozen=True, slots=True)
class RowsView:
    """What the tree needs beside the rows."""

    plan: Plan
    file: str
    redact: Redact


def row_label(end: RowEnd, redact: Redact) -> str:
    """``row 3 · 1b2c… · user_id=7``; masked before it is cut, since half a secret would pass."""
    plain = {name: value for name, value in end.args.items() if isinstance(value, str | int)}
    named = [f"{name}={value}" for name, value in plain.items() if not is_secret_name(name)]
    parts = [f"row {end.number}", *([end.account] if end.account else []), *named]
    return clean(redact(" · ".join(parts)), _MAX_LABEL)


def row_line(end: RowEnd, redact: Redact, *, reused: bool = False) -> Text:
    """``✔ row 3 · 1b2c…  24 records · 1.2 s``."""
    label = row_label(end, redact)
    if end.error is not None:
        return Text("✖ ", style="red").append(label, "bold").append(f"  {clean(redact(str(end.error)), 400)}", "red")
    if end.result is None:
        return Text("⊘ ", style="yellow").append(label, "bold").append("  not finished", "yellow")
    records = sum(outcome.count for outcome in end.result.outcomes.values() if not isinstance(outcome, Skipped))
    mark = Text("✔ ", style="green") if end.ok else Text("✖ ", style="red")
    took = "done before" if reused else duration(end.elapsed_s)
    figures = f"  {counted(records, 'record')} · {took}"
    failed = f"  {', '.join(map(clean, end.result.failed))} failed" if end.result.failed else ""
    return mark.append(label, "bold").append(failed, "red").append(figures)


def rows_tree(ends: Sequence[RowEnd], view: RowsView) -> RenderableType:
    """The rows in order, those with failed resources with their whole tree below."""
    parts: list[RenderableType] = [Text(clean(view.plan.definition.name or view.file, 120), style="bold")]
    for end in ends:
        parts.append(row_line(end, view.redact))
        if end.result is not None and not end.ok:
            tree = run_tree(
                end.result, view.plan, RunView(row_label(end, view.redact), "", file=view.file, redact=view.redact)
            )
            parts.append(Padding(tree, (0, 0, 0, 2)))
    return Group(*parts, Text(""), closing_line(ends))


def closing_line(ends: Sequence[RowEnd]) -> Text:
    """``✔ 12 of 12 rows succeeded``, or which rows to look at."""
    good = sum(end.ok for end in ends)
    summary = f"{good} of {counted(len(ends), 'row')} succeeded"
    if good == len(ends):
        return Text(f"✔ {summary}", style="bold green")
    bad = ", ".join(str(end.number) for end in ends if not end.ok)
    where = f"row{'s' * (len(ends) - good > 1)} {bad}"
    return Text(f"✖ {summary} · look at {where}", style="bold red")


def rows_json(ends: Sequence[RowEnd]) -> Iterator[str]:
    """A list with an object per row: ``{"row": 1, "account": …, "result": …, "errors": …}``."""
    opening = "["
    for end in ends:
        body: JsonObject = end.result.body() if end.result else {"errors": {"batch": [_envelope(end)]}}
        yield f"{opening}\n" + write_json({**_tag(end), **body}, indent=2)
        opening = ","
    yield "\n]\n"


def rows_ndjson(ends: Sequence[RowEnd]) -> Iterator[str]:
    """A line per record and per error, each with its row."""
    for end in ends:
        tag = write_json(_tag(end))[:-1]
        if end.result is None:
            yield f'{tag}, "error": {write_json(_envelope(end))}}}\n'
            continue
        yield from run_ndjson(end.result, tag=f"{tag[1:]}, ")


def _tag(end: RowEnd) -> JsonObject:
    return {"row": end.number, "account": end.account}


def _envelope(end: RowEnd) -> JsonObject:
    return make_envelope(0, str(end.error) if end.error else "not finished")
