"""Records as a small table: the columns a person would pick, as many as fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from batchctl.plain import clean
from batchctl.render.text.cells import fit, short, width
from batchctl.render.text.columns import GAP, Column, choose_fields, in_reading_order, lay_out, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redact

# How many records are worth looking at to choose the columns.
LOOKED_AT = 50
# A record that is not an object stands in a column of its own.
_WHOLE = ""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The first ``rows`` of ``records``; ``fields`` are the columns that were asked for, less those that none has.

    Else they are chosen by what all of ``records`` hold: a field that these lack is rarely what one looks for.
    """

    records: Sequence[JsonValue]
    rows: int
    redact: Redact
    fields: Sequence[str] = ()

    def lines(self, available: int) -> Iterator[Text]:
        """A header and a line per record, none wider than ``available`` columns; without objects no header."""
        known: list[JsonObject] = [record if isinstance(record, dict) else {_WHOLE: record} for record in self.records]
        names, rows = self._names(known), known[: self.rows]
        if not names:
            yield from (Text("{}", style="dim") for _ in rows)
            return
        texts = {name: [self._text(row, name) for row in rows] for name in names}
        heads = {name: clean(self.redact(name), 60) for name in names}
        natural = {name: max(width(heads[name]), *map(width, texts[name]), 1) for name in names}
        columns = (squeeze if self.fields else lay_out)(names, natural, available)
        if not self.fields:
            order = [_WHOLE, *in_reading_order([column.name for column in columns], known)]
            columns.sort(key=lambda column: order.index(column.name))
        if any(heads[column.name] for column in columns):
            yield _line([(heads[column.name], column, False) for column in columns], style="dim")
        numeric = {column.name: _is_numeric(rows, column.name) for column in columns}
        for number in range(len(rows)):
            yield _line([(texts[column.name][number], column, numeric[column.name]) for column in columns])

    def _names(self, known: Sequence[JsonObject]) -> list[str]:
        if self.fields:
            return [name for name in self.fields if any(look_up(row, name)[1] for row in known)] or list(self.fields)
        names = choose_fields(row for row in known if _WHOLE not in row)
        return [_WHOLE, *names] if any(_WHOLE in row for row in known) else names

    def _text(self, row: JsonObject, name: str) -> str:
        value, found = look_up(row, name)
        return self.redact(short(value)) if found else ""


def look_up(record: JsonValue, name: str) -> tuple[JsonValue, bool]:
    """The field ``name`` of a record, or what the dotted path ``name`` leads to; whether there is one."""
    if isinstance(record, dict) and name in record:
        return record[name], True
    value = record
    for step in name.split("."):
        if not isinstance(value, dict) or step not in value:
            return None, False
        value = value[step]
    return value, True


def _is_numeric(rows: Sequence[JsonObject], name: str) -> bool:
    values = [value for row in rows if (value := look_up(row, name)[0]) is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _line(cells: Sequence[tuple[str, Column, bool]], style: str = "") -> Text:
    parts = []
    for text, column, right in cells:
        shown = fit(text, column.width)
        blanks = " " * (column.width - width(shown))
        parts.append(blanks + shown if right else shown + blanks)
    return Text((" " * GAP).join(parts).rstrip(), style=style, no_wrap=True, overflow="crop", end="")
