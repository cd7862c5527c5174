"""JSON values as Python has them, paths into them, and strict JSON in and out.

Python's ``json`` reads and writes ``NaN`` and ``Infinity``, which no other reader of JSON takes. Everything here keeps
to RFC 8259: the words are refused when read, and such numbers are written as ``null``, as ``JSON.stringify`` does.
Integers keep all of their digits.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JsonValue: TypeAlias = "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]"
JsonObject: TypeAlias = "dict[str, JsonValue]"
# From the root to a value: keys of objects and indexes of arrays.
DataPath: TypeAlias = tuple[str | int, ...]


class FileData(dict[str, Any]):
    """The bytes of a file in the place of a JSON value, as a record may have them on its way to a destination.

    To all that writes JSON it is an empty object, as such a thing is in JavaScript. ``data`` are the bytes, ``kind`` is
    ``blob``, ``stream`` or ``arrayBuffer`` (what an expression sees), ``media`` the media type, empty where unknown.
    """

    __slots__ = ("data", "kind", "media")

    _classes: ClassVar[Mapping[str, str]] = {"blob": "Blob", "stream": "ReadableStream", "arrayBuffer": "ArrayBuffer"}
    # Most runs have none, and need not look for any.
    any_made: ClassVar[bool] = False

    def __init__(self, data: bytes, kind: str, media: str = "") -> None:
        super().__init__()
        self.data = data
        self.kind = kind
        self.media = media
        FileData.any_made = True

    @property
    def text(self) -> str:
        """What JavaScript makes of it where it has to be text: ``[object Blob]``."""
        return f"[object {self._classes.get(self.kind, 'Object')}]"

    def __eq__(self, other: object) -> bool:
        return self.data == other.data if isinstance(other, FileData) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # as of any dict


# The one key of an object that stands for a file in JSON that is read back.
_FILE_KEY = "$batchctl_file"
_PARTS_OF_FILE = 3


def holds_file(value: object) -> bool:
    """Whether there is a ``FileData`` anywhere in a JSON value."""
    if not FileData.any_made:
        return False
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, FileData):
            return True
        pending.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
    return False


def without_files(value: JsonValue) -> JsonValue:
    """A JSON value in which each ``FileData`` is an object that ``with_files`` turns back into it."""
    if not holds_file(value):
        return value
    if isinstance(value, FileData):
        return {_FILE_KEY: [value.kind, value.media, b64encode(value.data).decode("ascii")]}
    if isinstance(value, dict):
        return {key: without_files(item) for key, item in value.items()}
    return [without_files(item) for item in value] if isinstance(value, list) else value


def with_files(value: JsonValue) -> JsonValue:
    """The value that ``without_files`` was given, from what that returned."""
    if isinstance(value, list):
        return [with_files(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = value.get(_FILE_KEY)
    if len(value) == 1 and isinstance(found, list) and len(found) == _PARTS_OF_FILE:
        kind, media, data = map(str, found)
        return FileData(b64decode(data), kind, media)
    return {key: with_files(item) for key, item in value.items()}


class NotJson(ValueError):
    """A text that is not JSON. ``str(error)`` is a phrase without the text itself, which may hold secrets.

    ``line`` and ``column`` are 1-based, 0 where no place is known; ``offset`` counts characters from 0.
    """

    def __init__(self, message: str, *, line: int = 0, column: int = 0, offset: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.offset = offset


def refuse_constant(name: str) -> NoReturn:
    """The ``parse_constant`` of a strict ``json.JSONDecoder``: always raises ``NotJson``.

    ``name`` is ``NaN``, ``Infinity`` or ``-Infinity``.
    """
    raise NotJson(f"{name} is not a JSON value")


def read_json(text: str | bytes, *, finite_only: bool = False) -> JsonValue:
    """The value in a JSON text (bytes in UTF-8, UTF-16 or UTF-32). Raises ``NotJson`` for any other text.

    A number beyond the range of a double, such as 1e400, becomes infinite, as in JavaScript; with ``finite_only`` it is
    refused, since infinity can't be written as JSON.
    """
    try:
        if isinstance(text, str) and not text.startswith("\ufeff"):
            # json.loads would make a decoder for each text.
            value: JsonValue = _DECODERS[finite_only].decode(text)
        else:
            value = json.loads(text, parse_constant=refuse_constant, **(_FINITE if finite_only else {}))
    except json.JSONDecodeError as error:
        raise NotJson(error.msg, line=error.lineno, column=error.colno, offset=error.pos) from error
    except NotJson:
        raise
    except UnicodeDecodeError as error:
        raise NotJson("it is not UTF-8 text") from error
    except RecursionError as error:
        raise NotJson("it nests too deep") from error
    except ValueError as error:
        # The one other thing that Python refuses: integers of more than 4300 digits.
        raise NotJson("it holds a number of thousands of digits") from error
    return value


def finite_number(text: str) -> float:
    """The ``parse_float`` of a strict ``json.JSONDecoder``: ``text``, the digits of a number, as a float.

    Raises ``NotJson`` for a number beyond the range of a double.
    """
    number = float(text)
    if not isfinite(number):
        raise NotJson(f"the number {text[:40]} is too large for JSON")
    return number


def _finite_integer(text: str) -> int:
    if len(text) > _DIGITS:
        finite_number(text)
    return int(text)


# A double has up to 309 digits before the point.
_DIGITS = 308
_FINITE: dict[str, Any] = {"parse_float": finite_number, "parse_int": _finite_integer}
_DECODERS = {
    False: json.JSONDecoder(parse_constant=refuse_constant),
    True: json.JSONDecoder(parse_constant=refuse_constant, **_FINITE),
}


def write_json(value: object, *, indent: int | None = None, ascii_only: bool = False, compact: bool = False) -> str:
    """A value as JSON text, keys in their order; NaN and infinity are written as ``null``.

    ``indent`` is the number of blanks per level, None for one line; ``compact`` leaves out the blanks after commas and
    colons. ``ascii_only`` writes characters beyond ASCII as escapes. Raises ``TypeError`` for what JSON can't hold.
    """
    encode = _encoder(indent, ascii_only, compact)
    try:
        return encode(value)
    except ValueError:
        return encode(finite(value))


@cache
def _encoder(indent: int | None, ascii_only: bool, compact: bool) -> Callable[[object], str]:
    separators = (",", ":") if compact else None
    return json.JSONEncoder(indent=indent, ensure_ascii=ascii_only, separators=separators, allow_nan=False).encode


def finite(value: object) -> object:
    """The JSON data with None in place of NaN and infinity; lists and dicts are copied, tuples become lists."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def value_at(data: JsonValue, path: DataPath) -> JsonValue:
    """The value at ``path`` in ``data``; None where there is none.

    The path has keys of objects and indexes of lists, from the outside in.
    """
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def merged(below: Mapping[str, JsonValue], above: Mapping[str, JsonValue]) -> JsonObject:
    """``above`` merged over ``below``: objects in both are merged key by key, else the value of ``above`` counts.

    Neither is changed; values are shared, not copied.
    """
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        result[name] = merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result
