"""A JSON value as source text: JSON, JavaScript or Python, on several lines, whatever characters it holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.json_types import finite, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.json_types import JsonValue

_EXACT_IN_JAVASCRIPT = 2**53


def json_literal(value: JsonValue, indent: int = 2) -> str:
    """``value`` as JSON text, ``indent`` blanks per level; characters that do not print are escapes."""
    return _literal(value, _json_scalar, _json_scalar, indent)


def javascript_literal(value: JsonValue, indent: int = 2) -> str:
    """``value`` as a JavaScript expression, ``indent`` blanks per level.

    ``__proto__`` is written as a computed key: a plain one would set the prototype.
    """
    return _literal(value, _json_scalar, _javascript_key, indent)


def python_literal(value: JsonValue, indent: int = 4) -> str:
    """``value`` as a Python expression, ``indent`` blanks per level."""
    return _literal(value, _python_scalar, _python_scalar, indent)


def is_exact_in_javascript(value: JsonValue) -> bool:
    """Whether every integer in ``value`` is one that JavaScript's numbers can hold."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, int) and abs(item) > _EXACT_IN_JAVASCRIPT:
            return False
    return True


def _literal(value: JsonValue, scalar: Callable[[JsonValue], str], key: Callable[[str], str], indent: int) -> str:
    return "".join(_pieces(value, scalar, key, indent, "\n"))


def _pieces(
    value: JsonValue, scalar: Callable[[JsonValue], str], key: Callable[[str], str], indent: int, line: str
) -> Iterator[str]:
    """``line`` is a line break and the margin of the line that the value begins on."""
    below = line + " " * indent
    if isinstance(value, dict) and value:
        for place, (name, item) in enumerate(value.items()):
            yield f"{',' if place else '{'}{below}{key(name)}: "
            yield from _pieces(item, scalar, key, indent, below)
        yield line + "}"
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield f"{',' if place else '['}{below}"
            yield from _pieces(item, scalar, key, indent, below)
        yield line + "]"
    else:
        yield scalar(value)


def escape_unprintable(text: str) -> str:
    """The JSON text ``text`` with escapes for characters that do not print.

    These include all that some readers take for a line break, but not the line feed.
    """
    if text.replace("\n", "").isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)


def _json_scalar(value: JsonValue) -> str:
    return escape_unprintable(write_json(value))


def _python_scalar(value: JsonValue) -> str:
    # A string that prints is written alike in JSON and in Python.
    if isinstance(value, str) and value.isprintable():
        return write_json(value)
    return repr(finite(value))


def _javascript_key(name: str) -> str:
    return '["__proto__"]' if name == "__proto__" else _json_scalar(name)
