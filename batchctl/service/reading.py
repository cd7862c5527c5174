"""A batch answer read record by record: its text is never in memory as a whole; of a broken one the beginning stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from batchctl.json_types import refuse_constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import JsonObject, JsonValue

_PARTS = ("result", "errors")
_WINDOW = 1 << 20
_BLANKS = " \t\n\r"
_NUMBER_GOES_ON = ".eE+-"


class Text(Protocol):
    """A file of text."""

    def read(self, size: int, /) -> str:
        """About ``size`` more characters; empty at the end alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``body`` is the answer up to its end, or up to the last record that is whole; None for what is no object."""

    body: JsonObject | None
    is_whole: bool


class _Broken(Exception):
    """The text ends, or goes on as JSON does not."""


def read_batch(file: Text) -> Reading:
    """Read ``{"result": {name: [record…]}, "errors": …}``, in any order and with whatever else stands beside it.

    >>> import io
    >>> read_batch(io.StringIO('{"result": {"a": [{"id": 1}, {"id": 2')).body
    {'result': {'a': [{'id': 1}]}}
    """
    text = _Window(file)
    if text.next_sign() != "{":
        return Reading(None, is_whole=text.is_one_value())
    body: JsonObject = {}
    try:
        _read_into(body, text)
    except _Broken:
        return Reading(body, is_whole=False)
    return Reading(body, is_whole=not text.next_sign())


def _read_into(body: JsonObject, text: _Window) -> None:
    for key in text.entries():
        if key not in _PARTS or text.next_sign() != "{":
            body[key] = text.value()
            continue
        part: JsonObject = {}
        body[key] = part
        for name in text.entries():
            if text.next_sign() != "[":
                part[name] = text.value()
                continue
            records: list[JsonValue] = []
            part[name] = records
            for record in text.items():
                records.append(record)  # noqa: PERF402 - what came before a break must be there


class _Window:
    """A piece of the text, moved along as it is used up; grown where one value is larger than it."""

    def __init__(self, file: Text) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder(parse_constant=refuse_constant)

    def next_sign(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text):
                sign = self._text[self._at]
                if sign not in _BLANKS:
                    return sign
                self._at += 1
            if not self._more():
                return ""

    def value(self) -> JsonValue:
        """The value that begins here. Raises ``_Broken``."""
        self.next_sign()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise _Broken from None
            except ValueError:
                if not self._more():
                    raise _Broken from None
                continue
            if end < len(self._text) and not (_is_number(value) and self._text[end] in _NUMBER_GOES_ON):
                self._at = end
                return value  # type: ignore[no-any-return]  # whatever JSON holds
            # A number at the end of the window may go on behind it; at the end of the text it was cut.
            if not self._more():
                if _is_number(value):
                    raise _Broken
                self._at = end
                return value  # type: ignore[no-any-return]  # as above

    def is_one_value(self) -> bool:
        """Whether all of the text is one JSON value."""
        try:
            self.value()
        except _Broken:
            return False
        return not self.next_sign()

    def entries(self) -> Iterator[str]:
        """The keys of the object that begins here; the caller reads the value behind each."""
        for _ in self._until("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise _Broken
            self._take(":")
            yield key

    def items(self) -> Iterator[JsonValue]:
        """The values of the list that begins here."""
        for _ in self._until("[", "]"):
            yield self.value()

    def _until(self, opening: str, closing: str) -> Iterator[None]:
        """Once per entry between these signs; the caller reads each."""
        self._take(opening)
        if self.next_sign() == closing:
            self._at += 1
            return
        while True:
            yield
            sign = self.next_sign()
            self._at += 1
            if sign == closing:
                return
            if sign != ",":
                raise _Broken

    def _take(self, sign: str) -> None:
        if self.next_sign() != sign:
            raise _Broken
        self._at += 1

    def _more(self) -> bool:
        """Read on; False at the end of the text. A value larger than the window doubles it."""
        rest = self._text[self._at :]
        piece = self._file.read(max(_WINDOW, len(rest)))
        if piece:
            self._text, self._at = rest + piece, 0
        return bool(piece)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
