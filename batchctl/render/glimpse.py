"""A few records as a small table: the columns a person would pick, the first rows, and how many more there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from batchctl.render.plain import clean
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from batchctl.definition.model import JsonValue

_COLUMNS = 5
_CELL = 28
# Columns are chosen from the first records: a field that all of these lack is rarely what one looks for.
LOOKED_AT = 50
_FIRST = ("id", "name", "title", "subject", "first_name", "last_name", "email", "status")


def glimpse(records: Sequence[JsonValue], *, rows: int, redact: Callable[[str], str]) -> RenderableType | None:
    """The first ``rows`` records; None for no records."""
    if not records or rows <= 0:
        return None
    shown = records[:rows]
    if not any(isinstance(record, dict) for record in shown):
        return Text("\n".join(redact(_cell(record)) for record in shown), overflow="ellipsis", no_wrap=True)
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    names = choose_columns(records[:LOOKED_AT])
    for name in names:
        table.add_column(Text(redact(clean(name, _CELL))), no_wrap=True, overflow="ellipsis", max_width=_CELL)
    for record in shown:
        fields = record if isinstance(record, dict) else {names[0]: record}
        table.add_row(*(Text(redact(_cell(fields[name])) if name in fields else "") for name in names))
    return table


def choose_columns(records: Sequence[JsonValue]) -> list[str]:
    """The names to show: identifying fields first, then simple fields that vary, in the records' own order."""
    values: dict[str, list[JsonValue]] = {}
    for record in records:
        if isinstance(record, dict):
            for name, value in record.items():
                values.setdefault(name, []).append(value)
    ranked = sorted(values, key=lambda name: _rank(name, values[name]))
    chosen = ranked[:_COLUMNS]
    first = [name for name in _FIRST if name in chosen]
    return first + [name for name in values if name in chosen and name not in first]


def _rank(name: str, values: list[JsonValue]) -> tuple[int, int]:
    if name in _FIRST:
        return (0, _FIRST.index(name))
    simple = [value for value in values if isinstance(value, str | int | float) and not isinstance(value, bool)]
    if not simple:
        return (3, 0)
    return (1 if len({str(value) for value in simple}) > 1 else 2, 0)


def _cell(value: JsonValue) -> str:
    match value:
        case None:
            return "–"
        case dict():
            name = next(
                (value[key] for key in ("name", "title", "email", "id") if isinstance(value.get(key), str)),
                None,
            )
            return clean(name, _CELL) if isinstance(name, str) else f"{{{len(value)}}}"
        case list():
            if value and all(isinstance(item, str | int) for item in value):
                return clean(", ".join(map(str, value[:8])), _CELL)
            return f"[{len(value)}]"
        case str():
            return clean(value, _CELL)
        case _:
            return to_text(value)
