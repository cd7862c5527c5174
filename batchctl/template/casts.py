"""The types after the colon: ``{{args.limit:int}}``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.javascript.values import WHITESPACE, js_number, lodash_text, text_or_error, to_double
from batchctl.json_types import FileData, refuse_constant
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable

_INTEGER = lazy_regex(r"[+-]?(?:0[xX]([0-9a-fA-F]+)|(?!0[xX])([0-9]+))")
_SURELY_EXACT = 16
_DECIMAL = lazy_regex(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")


def cast(value: object, kind: str, *, whole: bool) -> object:
    """``value`` converted to the type ``kind``; unchanged where that is impossible, but for white space around a text.

    The types are ``any``, ``bool``, ``ignore-empty-str``, ``int``, ``json``, ``null``, ``num``, ``str`` and
    ``undefined``. All but ``str`` take that white space away. ``int`` and ``num`` give the number that the value's text
    begins with (of ``[1]`` it is 1), ``bool`` knows the texts ``true`` and ``false`` alone, ``str`` makes text as
    lodash's ``_.toString`` does (of UNDEFINED ``undefined``). ``whole`` says whether the placeholder is all of its
    string: ``:json`` converts nothing otherwise, and ``:null`` then gives the text "null". None stays None, and
    UNDEFINED itself except for ``str``. Raises ``TemplateError`` for a type that the service does not know, for JSON
    text that is nested too deep, and for an object with a field ``toString``.
    """
    if value is None:
        return None
    if kind == "str":
        # A file or a stream stays what it is, where it is all of the text; bytes become text.
        is_file = whole and isinstance(value, FileData) and value.kind != "arrayBuffer"
        return value if is_file else lodash_text(value)
    convert = _CASTS.get(kind)
    if convert is None:
        raise TemplateError(
            f'unknown type "{kind[:40]}" in a placeholder',
            hint=f"the types are {', '.join(sorted(KNOWN_TYPES))}",
        )
    return convert(value.strip(WHITESPACE) if isinstance(value, str) else value, whole)


def caster(kind: str, *, whole: bool) -> Callable[[object], object]:
    """A function that gives what ``cast(value, kind, whole=whole)`` gives, faster for ``str`` and ``int``.

    A ``kind`` that the service does not know raises ``TemplateError`` when the function is called.
    """
    if kind == "str":
        return lambda value: value if type(value) is str else cast(value, "str", whole=whole)
    if kind == "int":
        return lambda value: (
            int(value)
            if type(value) is str and len(value) < _SURELY_EXACT and value.isdecimal() and value.isascii()
            else cast(value, "int", whole=whole)
        )
    return lambda value: cast(value, kind, whole=whole)


def _as_it_is(value: object, _whole: bool) -> object:
    return value


def _int(value: object, _whole: bool) -> object:
    match = _INTEGER.match(text_or_error(value).strip(WHITESPACE))
    if match is None:
        return value
    size = to_double(int(match[1], 16)) if match[1] else float(match[2])
    return js_number(-size if match[0].startswith("-") else size)


def _num(value: object, _whole: bool) -> object:
    match = _DECIMAL.match(text_or_error(value).strip(WHITESPACE))
    return value if match is None else js_number(float(match[0]))


def _bool(value: object, _whole: bool) -> object:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value, value)
    return value


def _null(value: object, whole: bool) -> object:
    if value == "null":
        return None
    return value if whole else "null"


def _json(value: object, whole: bool) -> object:
    if not whole or isinstance(value, dict | list):
        return value
    try:
        return _DECODER.decode(text_or_error(value))
    except ValueError:
        return value
    except RecursionError:
        raise TemplateError("the JSON text for a :json placeholder is nested too deep") from None


def _json_integer(digits: str) -> float:
    return int(digits) if len(digits) < _SURELY_EXACT else _json_number(digits)


def _json_number(text: str) -> float:
    return js_number(float(text))


_DECODER = json.JSONDecoder(parse_int=_json_integer, parse_float=_json_number, parse_constant=refuse_constant)
_CASTS: dict[str, Callable[[object, bool], object]] = {
    "any": _as_it_is,
    "bool": _bool,
    "ignore-empty-str": _as_it_is,
    "int": _int,
    "json": _json,
    "null": _null,
    "num": _num,
    "undefined": _as_it_is,
}
KNOWN_TYPES = frozenset({"str", *_CASTS})
