"""Records as a small table: the columns a person would pick, as many as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from rich.text import Text

from batchctl.plain import clean
from batchctl.redaction import is_secret_name, masked_by_name
from batchctl.render.text.cells import fitted, shorts, widest, width
from batchctl.render.text.columns import GAP, choose_fields, in_reading_order, lay_out, squeeze
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redact

# How many records are worth looking at to choose the columns.
LOOKED_AT = 50
# A record that is not an object stands in a column of its own.
_WHOLE = ""
# What is known to be secret is masked in the text of a cell; what a name says must be while there is one.
_HIDING = "secret"


class _Missing:
    """What stands in a column for a record without the field."""


_MISSING = _Missing()


class Glimpse(Struct, frozen=True):
    """A table of the first ``rows`` of ``records``.

    ``fields`` are its columns, without those that no record has; where it is empty, the columns are chosen by the
    contents of all of ``records``. ``redact`` masks secrets.
    """

    records: Sequence[JsonValue]
    rows: int
    redact: Redact
    fields: Sequence[str] = ()

    def lines(self, available: int) -> Iterator[Text]:
        """The table's lines, with style: a header, unless no record is an object, and a line per record.

        None is wider than ``available`` columns of the terminal.
        """
        for line, style in self._lines(available):
            yield Text(line, style=style, no_wrap=True, overflow="crop", end="")

    def plain_lines(self, available: int) -> Iterator[str]:
        """The table's lines as plain text, at most ``available`` columns of the terminal wide."""
        return (line for line, _style in self._lines(available))

    def _lines(self, available: int) -> Iterator[tuple[str, str]]:
        known: list[JsonObject] = [record if isinstance(record, dict) else {_WHOLE: record} for record in self.records]
        names, rows = self._names(known), known[: self.rows]
        if not names:
            yield from (("{}", "dim") for _ in rows)
            return
        values = {name: _values(rows, name) for name in names}
        texts = {name: self._texts(_without_secrets(name, column)) for name, column in values.items()}
        heads = {name: clean(self.redact(name), 60) for name in names}
        natural = {name: max(width(heads[name]), widest(texts[name]), 1) for name in names}
        columns = (squeeze if self.fields else lay_out)(names, natural, available)
        if not self.fields:
            order = [_WHOLE, *in_reading_order([column.name for column in columns], known)]
            columns.sort(key=lambda column: order.index(column.name))
        gap = " " * GAP
        if any(heads[column.name] for column in columns):
            yield gap.join([fitted([heads[column.name]], column.width)[0] for column in columns]).rstrip(), "dim"
        cells = [fitted(texts[column.name], column.width, right=_is_numeric(values[column.name])) for column in columns]
        for line in zip(*cells, strict=True):
            yield gap.join(line).rstrip(), ""

    def _names(self, known: Sequence[JsonObject]) -> list[str]:
        if self.fields:
            return [name for name in self.fields if any(look_up(row, name)[1] for row in known)] or list(self.fields)
        names = choose_fields(row for row in known if _WHOLE not in row)
        return [_WHOLE, *names] if any(_WHOLE in row for row in known) else names

    def _texts(self, column: Sequence[JsonValue | _Missing]) -> list[str]:
        there: list[str] = list(
            map(self.redact, shorts([value for value in column if not isinstance(value, _Missing)]))
        )
        if len(there) == len(column):
            return there
        following = iter(there)
        return ["" if isinstance(value, _Missing) else next(following) for value in column]


def _values(rows: Sequence[JsonObject], name: str) -> list[JsonValue | _Missing]:
    """What each row has under a name."""
    if "." not in name:
        return [row.get(name, _MISSING) for row in rows]
    found = (look_up(row, name) for row in rows)
    return [value if is_there else _MISSING for value, is_there in found]


def look_up(record: JsonValue, name: str) -> tuple[JsonValue, bool]:
    """The value of the field ``name`` in ``record``, or else at the dotted path ``name``, and whether there is one.

    Where there is none, the value is None.
    """
    if isinstance(record, dict) and name in record:
        return record[name], True
    value = record
    for step in name.split("."):
        if not isinstance(value, dict) or step not in value:
            return None, False
        value = value[step]
    return value, True


def _without_secrets(name: str, column: Sequence[JsonValue | _Missing]) -> Sequence[JsonValue | _Missing]:
    """Values to show, masked where a name says that they are secret: that of the column, or one within a value."""
    if is_secret_name(name):
        return [value if isinstance(value, _Missing) else masked_by_name({_HIDING: value})[_HIDING] for value in column]
    if {dict, list}.isdisjoint(map(type, column)):
        return column
    return [masked_by_name({"": value})[""] if _has_names(value) else value for value in column]


def _has_names(value: JsonValue | _Missing) -> TypeGuard[JsonValue]:
    """Whether there may be names within a value: in an object, or in a list that holds more than texts and numbers."""
    return isinstance(value, dict) or (isinstance(value, list) and not {dict, list}.isdisjoint(map(type, value)))


def _is_numeric(column: Sequence[JsonValue | _Missing]) -> bool:
    kinds = set(map(type, column)) - {type(None), _Missing}
    return bool(kinds) and kinds <= {int, float}
