"""Records of one shape column by column: what a column holds is looked at once, not once for each of its cells."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias, cast

from batchctl.csv_text import harmless
from batchctl.json_text import text_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchctl.json_types import JsonObject, JsonValue

# The names of a record's fields in order; with the shape of what is below for an object that is not empty.
Shape: TypeAlias = "tuple[str | tuple[str, Shape], ...]"
"""The names of a record's fields in order; an object that is not empty is a pair of its name and its own shape."""
Column: TypeAlias = "Sequence[JsonValue]"
"""The values of one column, record by record."""

# How a text begins that may be a formula: more than those that are, so that one look is enough.
_RISKY = frozenset("\t\r\n=@|%+-'\uff1d\uff20\uff0b\uff0d")
_first_is_risky = re.compile("\n[\t=@|%+\\-'\uff1d\uff20\uff0b\uff0d]").search
_WORDS: dict[JsonValue, str] = {None: "", True: "true", False: "false"}
_NOTHING = type(None)


def shape_of(record: JsonObject) -> Shape:
    """The names of a record's fields in order, those inside of objects included; see ``Shape``.

    It is equal for records that have the same columns in the same order.
    """
    return tuple([(name, shape_of(value)) if type(value) is dict and value else name for name, value in record.items()])


def common_shape(records: Sequence[JsonValue]) -> Shape | None:
    """The names of fields that all of ``records`` have alike, in order (``shape_of``); None where they differ.

    None also where one is no object.
    It is faster than comparing them one by one.
    """
    if set(map(type, records)) != {dict}:
        return None
    objects = cast("Sequence[JsonObject]", records)
    if len(set(map(tuple, objects))) != 1:
        return None
    shape: list[str | tuple[str, Shape]] = []
    columns = zip(*[record.values() for record in objects], strict=True)
    for name, column in zip(objects[0], columns, strict=True):
        inner = common_shape(column) if dict in map(type, column) else ()
        if inner is None:
            return None
        shape.append((name, inner) if inner else name)
    return tuple(shape)


def spread(record: JsonObject) -> JsonObject:
    """``{"a": {"b": 1}}`` → ``{"a.b": 1}``: ``record`` with dotted names for the fields of objects in it.

    An object stays whole where a dotted name is taken already.
    """
    found: JsonObject = {}
    for name, value in record.items():
        below = spread(value) if isinstance(value, dict) and value else {}
        dotted = {f"{name}.{inner}": each for inner, each in below.items()}
        if dotted and not (dotted.keys() & (record.keys() | found.keys())):
            found.update(dotted)
        else:
            found[name] = value
    return found


def columns_of(records: Sequence[JsonObject], shape: Shape) -> Iterator[tuple[str, Column]]:
    """The columns of ``records``: the dotted name of each, and its values record by record.

    ``shape`` is what ``shape_of`` returns for every one of the records.
    """
    for part, column in zip(shape, zip(*[record.values() for record in records], strict=True), strict=True):
        if isinstance(part, str):
            yield part, column
        else:
            name, inner = part
            for below, values in columns_of(column, inner):
                yield f"{name}.{below}", values


def cells_of(column: Column, text: Callable[[str], str]) -> Sequence[str]:
    """The values of a column as text for CSV cells, not yet quoted.

    ``text`` gets each value that is text and returns what is written for it.
    """
    kinds = set(map(type, column))
    if str in kinds and kinds <= {str, _NOTHING}:
        return _texts([each or "" for each in column] if _NOTHING in kinds else column, text)  # type: ignore[arg-type, misc]  # all are texts
    if kinds <= {bool, _NOTHING}:
        return [_WORDS[value] for value in column]
    if kinds == {int} or (kinds == {float} and all(map(isfinite, column))):  # type: ignore[arg-type]  # all are numbers
        return list(map(repr, column))
    if kinds <= {list, dict}:
        return texts_of(column)
    return [cell(value, text) for value in column]


def _texts(texts: Sequence[str], text: Callable[[str], str]) -> Sequence[str]:
    joined = "\n".join(("", *texts))
    if "\0" in joined:
        return list(map(text, texts))
    if "\r" not in joined and not _first_is_risky(joined):
        return texts
    return [text(each) if each[:1] in _RISKY else each for each in texts]


def cell(value: JsonValue, text: Callable[[str], str] = harmless) -> str:
    """One value as text for a CSV cell, not yet quoted; empty for null, JSON for a list or object.

    ``text`` gets a value that is text and returns what is written for it; the usual one makes formulas harmless.
    """
    match value:
        case None:
            return ""
        case str():
            return text(value)
        case float():
            return repr(value) if isfinite(value) else ""
        case _:
            return text_of(value).decode()
