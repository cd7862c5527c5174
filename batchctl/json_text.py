"""JSON arrays that stay text: made of values, cut into their elements, laid out, without a value for each of them.

Python's ``json`` makes a value of all that it reads, and text of it again: that is most of the time of a large answer.
Numbers and letters stay as they are written here. What msgspec refuses and Python does not (half a character, as in
``"\\ud800"``) is done by Python.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import msgspec

from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.json_types import JsonValue

# So many values are made text together.
_TOGETHER = 1_000
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_cut = msgspec.json.Decoder(list[msgspec.Raw]).decode


def enclosed(array: bytes, before: bytes, after: bytes) -> bytes:
    """The elements of a JSON array as one text: each as it is written, with ``before`` and ``after`` around it.

    Nothing else is between them: ``[1,2]`` becomes ``<1><2>`` for ``<`` and ``>``. Empty for an empty array. Raises
    ``ValueError`` for what is no JSON.
    """
    try:
        found: Sequence[bytes] = _cut(array)
    except (msgspec.DecodeError, msgspec.ValidationError):
        found = [write_json(value, ascii_only=True).encode() for value in json.loads(array)]
    return before + (after + before).join(found) + after if found else b""


def count_elements(array: str) -> int | None:
    """How many elements a JSON array has; None where the text is no array, or can't be counted without parsing it."""
    try:
        return len(_cut(array))
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        return None


def values_of(array: bytes) -> list[JsonValue]:
    """The elements of a JSON array as values. Raises ``ValueError`` for what is no JSON."""
    try:
        return cast("list[JsonValue]", _decode(array))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return cast("list[JsonValue]", json.loads(array))


def value_and_minified(text: str) -> tuple[JsonValue, bytes]:
    """The value of a JSON text, and the text without white space, in UTF-8.

    Raises ``ValueError`` for what is no JSON, and for what only Python reads: a lone surrogate, ``NaN``, ``Infinity``.
    """
    data = text.encode()
    try:
        return cast("JsonValue", _decode(data)), msgspec.json.format(data, indent=-1)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        # Before msgspec 0.20 they are no ValueError themselves.
        raise ValueError(str(error)) from error


def write(value: JsonValue) -> bytes:
    """``value`` as JSON without white space, in UTF-8; NaN and infinity become null.

    Raises ``UnicodeEncodeError`` for a text with a lone surrogate.
    """
    return _encode(value)


def count_keys(minified: bytes) -> int:
    """How many keys are written in all objects of a JSON text without white space, repeated ones too."""
    if b"\\" in minified:
        minified = minified.replace(b"\\\\", b"").replace(b'\\"', b"")
    # A quote in a text has a backslash, so that one before a colon ends a key.
    return minified.count(b'":')


def is_as_written(value: JsonValue, text: str) -> bool:
    """Whether ``text`` is the JSON that would be written for ``value``, white space aside; False also if uncertain."""
    try:
        return _encode(value) == msgspec.json.format(text.encode(), indent=-1)
    except (msgspec.DecodeError, TypeError, UnicodeEncodeError):
        return False


def arrays_of(values: Iterable[JsonValue]) -> Iterator[bytes]:
    """The values as JSON arrays in UTF-8, each on one line; a new one begins when one has more than 1,000 bytes.

    NaN and infinity become null. Without values there is no array.
    """
    texts, size = [], 0
    for value in values:
        text = text_of(value)
        texts.append(text)
        size += len(text)
        if size > _TOGETHER:
            yield _array(texts)
            texts, size = [], 0
    if texts:
        yield _array(texts)


def array_of(values: Iterable[JsonValue]) -> bytes:
    """One JSON array of the values on one line, in UTF-8, laid out as Python's ``json`` does.

    NaN and infinity become null.
    """
    return _array(map(text_of, values))


def _array(texts: Iterable[bytes]) -> bytes:
    return b"[%b]" % b", ".join(texts)


def text_of(value: JsonValue) -> bytes:
    """A value as JSON on one line, in UTF-8, laid out as Python's ``json`` does; NaN and infinity become null."""
    try:
        return msgspec.json.format(_encode(value), indent=0)
    except (TypeError, UnicodeEncodeError):
        return write_json(value, ascii_only=True).encode()


def texts_of(values: Sequence[JsonValue]) -> list[str]:
    """Each value as JSON on one line, laid out as Python's ``json`` does; NaN and infinity become null."""
    try:
        return [bytes(each).decode() for each in _cut(msgspec.json.format(_encode(values), indent=0))]
    except (TypeError, UnicodeEncodeError, msgspec.DecodeError):
        return [text_of(value).decode() for value in values]


def on_one_line(array: bytes) -> bytes:
    """A JSON array, laid out on one line as Python's ``json`` does; its values are not changed.

    Raises ``ValueError`` for what is no JSON.
    """
    try:
        return msgspec.json.format(array, indent=0)
    except msgspec.DecodeError:
        return array_of(json.loads(array))


def indented(array: bytes) -> bytes:
    """A JSON array, laid out over many lines, with two blanks per level; its values are not changed.

    Raises ``ValueError`` for what is no JSON.
    """
    try:
        return msgspec.json.format(array, indent=2)
    except msgspec.DecodeError:
        return write_json(json.loads(array), indent=2, ascii_only=True).encode()


def in_ascii(array: bytes) -> bytes:
    """A JSON array on one line, with an escape for every character that is not ASCII.

    One that is all ASCII is returned unchanged; for any other, ``ValueError`` is raised where it is no JSON.
    """
    return array if array.isascii() else write_json(json.loads(array), ascii_only=True).encode()
