"""Many runs of one batch for people: a line per row, the failures opened, the causes across rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from batchctl.plain import clean, counted, duration
from batchctl.render.result.tree import RunView, run_tree
from batchctl.render.text.words import row_label
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from batchctl.execution.row_end import RowEnd
    from batchctl.execution.row_table import RowCounts
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redact
    from batchctl.render.result.row_causes import RowsCause

# More trees than that nobody reads: the causes across all rows say the rest.
_MAX_OPENED = 20
_MAX_CAUSES = 20
_MAX_NAMED = 20
_LINES_AT_ONCE = 200


class RowsView(Struct, frozen=True):
    """How the tree of many rows is shown, apart from the rows themselves.

    ``plan`` and ``file`` are those of the batch, ``redact`` masks secrets. The others are for the rows that are shown
    with their whole tree: ``rows`` is how many records per resource are shown, ``fields`` are their columns, chosen
    where it is empty, and ``verbose`` shows every cause, more of its calls and all of the provider's message.
    """

    plan: Plan
    file: str
    redact: Redact
    rows: int = 3
    fields: Sequence[str] = ()
    verbose: bool = False


def row_line(end: RowEnd, redact: Redact, *, reused: bool = False) -> Text:
    """The line of a row that ended: ``✔ row 3 · 1b2c… 24 records · 1.2 s``.

    ``reused`` means that an earlier run had done it; ``redact`` masks secrets.
    """
    label = row_label(end, redact)
    if end.error is not None:
        return Text("✖ ", style="red").append(label, "bold").append(f"  {clean(redact(str(end.error)), 400)}", "red")
    if end.result is None:
        return Text("⊘ ", style="yellow").append(label, "bold").append("  not finished", "yellow")
    mark = Text("✔ ", style="green") if end.ok else Text("✖ ", style="red")
    took = "done before" if reused else duration(end.elapsed_s)
    figures = f"  {counted(end.records, 'record')} · {took}"
    failed = f"  {', '.join(map(clean, end.result.failed))} failed" if end.result.failed else ""
    return mark.append(label, "bold").append(failed, "red").append(figures)


def rows_tree(ends: Iterable[RowEnd], view: RowsView) -> Iterator[RenderableType]:
    """A line for each of the rows ``ends``, in order; the first 20 that have failed resources with their whole tree."""
    yield Text(clean(view.plan.definition.name or view.file, 120), style="bold")
    opened = 0
    lines: list[Text] = []
    for end in ends:
        lines.append(row_line(end, view.redact))
        if end.result is not None and not end.ok and opened < _MAX_OPENED:
            opened += 1
            yield Group(*lines)
            lines.clear()
            tree = run_tree(
                end.result,
                view.plan,
                RunView(row_label(end, view.redact), "", view.redact, view.rows, view.fields, view.verbose, view.file),
            )
            yield Padding(tree, (0, 0, 0, 2))
        elif len(lines) >= _LINES_AT_ONCE:
            yield Group(*lines)
            lines.clear()
    if lines:
        yield Group(*lines)
    yield Text("")


def causes_view(causes: Sequence[RowsCause], redact: Redact) -> Iterator[Text]:
    """Lines for each cause of errors over many rows: in how many rows, the resource, what happened, the rows' numbers.

    ``redact`` masks secrets.
    """
    for each in causes[:_MAX_CAUSES]:
        cause = each.cause
        line = Text(f"{each.rows:,} row{'s' * (each.rows > 1)}: ", style="bold")
        line.append(f"{clean(redact(each.resource), 60)}  ", "bold").append(clean(redact(cause.sentence), 400), "red")
        yield line
        yield Text(f"  {each.named_rows}", style="dim")
        if cause.advice:
            yield Text(f"  → {clean(redact(cause.advice), 400)}")
    if len(causes) > _MAX_CAUSES:
        yield Text(f"and {len(causes) - _MAX_CAUSES:,} other causes")


def rows_closing_line(counts: RowCounts, not_succeeded: Sequence[int]) -> Text:
    """The last line: ``✔ 12 of 12 rows succeeded``, or the numbers of the first rows in ``not_succeeded``."""
    summary = f"{counts.succeeded:,} of {counted(counts.rows, 'row')} succeeded"
    bad = counts.rows - counts.succeeded
    if not bad:
        return Text(f"✔ {summary}", style="bold green")
    named = ", ".join(map(str, not_succeeded[:_MAX_NAMED]))
    more = f" and {bad - _MAX_NAMED:,} more" if bad > _MAX_NAMED else ""
    return Text(f"✖ {summary} · look at row{'s' * (bad > 1)} {named}{more}", style="bold red")
