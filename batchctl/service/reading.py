"""A batch answer read record by record: neither its text nor its records are in memory as a whole.

The first reading checks that all of it is JSON, counts the records and notes where they are; the records stay in the
file. Of an answer that is cut off, what came before the break stays.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING

from batchctl.json_types import NotJson, refuse_constant
from batchctl.service.record_ends import whole_records
from batchctl.service.records import Block, StoredRecords
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.json_types import JsonValue
    from batchctl.service.records import Source

_PARTS = ("result", "errors")
_WINDOW = 1 << 20
# So much of a list is read back at once.
_BLOCK = 1 << 18
_skip_blanks = re.compile(r"[ \t\n\r]*").match
_between = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*").match
_NUMBER_GOES_ON = ".eE+-0123456789"
# A literal or an escape that the end of the text cuts is found to be wrong so near to it.
_NEAR_THE_END = 16


class Reading(Struct, frozen=True):
    """What could be read of a batch's response: all of it, or all up to the last complete record.

    ``body`` is None for what is no object; ``result`` in it maps resources' keys to ``StoredRecords``, all else is
    plain data. ``is_whole`` is False for a text that ends too early or is not JSON; ``fault`` then says why it is not
    JSON, and is None for one that merely ends too early.
    """

    body: Mapping[str, object] | None
    is_whole: bool
    fault: str | None = None


class _Broken(Exception):
    """The text ends, or goes on as JSON does not: then ``fault`` says why."""

    def __init__(self, fault: str | None = None) -> None:
        super().__init__(fault)
        self.fault = fault


def read_batch(file: Source, *, window: int = _WINDOW, block: int = _BLOCK) -> Reading:
    """Read the response of a batch, ``{"result": {name: [record…]}, "errors": …}``, without loading its records.

    Members may be in any order, with others besides these. A text that is cut off or no JSON raises nothing:
    ``is_whole`` of the result is False then. ``window`` is how many bytes are scanned at once, ``block`` how many
    characters of records are read back at once. Raises ``OSError`` where ``file`` can't be read, ``UnknownSecret`` for
    a mark outside of the records whose secret is not known.
    """
    text = _Window(file, window, block)
    body: dict[str, object] = {}
    try:
        if text.next_sign() != "{":
            text.value()
            text.require_end()
            return Reading(None, is_whole=True)
        _read_into(body, text)
        text.require_end()
    except _Broken as broken:
        return Reading(body or None, is_whole=False, fault=broken.fault or text.fault)
    return Reading(body, is_whole=True)


def _read_into(body: dict[str, object], text: _Window) -> None:
    for key in text.entries():
        if key not in _PARTS or text.next_sign() != "{":
            body[key] = text.value()
            continue
        part: dict[str, object] = {}
        body[key] = part
        for name in text.entries():
            if key != "result" or text.next_sign() != "[":
                part[name] = text.value()
                continue
            records = part[name] = StoredRecords(text.file)
            text.note_records(records)


class _Window:
    """A piece of the text, moved along as it is used up; grown where one value is larger than it.

    The text ends where the file has bytes that are not UTF-8; ``fault`` says so then.
    """

    def __init__(self, file: Source, size: int, block: int) -> None:
        self.file = file
        self.fault: str | None = None
        self._size = size
        self._block = block
        self._text = ""
        self._at = 0
        self._read = 0
        # The place in bytes of a character of the window: where ``_text[_mark]`` is.
        self._mark, self._mark_offset = 0, 0
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._decode = json.JSONDecoder(parse_constant=refuse_constant).raw_decode

    def next_sign(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            self._at = _skip_blanks(self._text, self._at).end()  # type: ignore[union-attr]  # it matches anything
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def value(self) -> JsonValue:
        """The value that begins here. Raises ``_Broken``."""
        self.next_sign()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except NotJson as error:
                raise _Broken(f"{error}, at byte {self.offset():,} or after") from None
            except RecursionError:
                raise _Broken("it nests too deep") from None
            except json.JSONDecodeError as error:
                self._judge(error)
                if not self._more():
                    raise _Broken from None
                continue
            except ValueError:
                raise _Broken("it holds a number of thousands of digits") from None
            if end < len(self._text) and not (_is_number(value) and self._text[end] in _NUMBER_GOES_ON):
                return self._taken(value, end)
            # A number at the end of the window may go on after it; at the end of the text it was cut.
            if not self._more():
                if _is_number(value):
                    raise _Broken
                return self._taken(value, end)

    def _taken(self, value: JsonValue, end: int) -> JsonValue:
        """The value that ends there, with its secrets in place."""
        start, self._at = self._at, end
        if self.file.is_sealed:
            opened: JsonValue = json.loads(self.file.opened(self._text[start:end]))
            return opened
        return value

    def require_end(self) -> None:
        """Raise ``_Broken`` where there is more text."""
        if self.next_sign() or self.fault or self._utf8.getstate()[0]:
            raise _Broken(self.fault or f"there is more after its end, at byte {self.offset():,}")

    def note_records(self, records: StoredRecords) -> None:
        """Read the list that begins here, and note where its records are."""
        self._take("[")
        if self.next_sign() == "]":
            self._at += 1
            return
        while not self._note_block(records):
            pass

    def _note_block(self, records: StoredRecords) -> bool:
        """Read records up to the end of the window, of the list or of a block; True after the last one."""
        if len(self._text) - self._at < self._block:
            self._more()
        if after := self._note_many(records):
            return after == "]"
        text, start, count = self._text, self._at, 0
        last = start
        offset = self.offset()
        try:
            while True:
                # Within one window this is all that a record costs.
                try:
                    end = self._decode(text, self._at)[1]
                    found = _between(text, end)
                except ValueError:
                    found = None
                if found is None or found.end() == len(text):
                    break
                last, self._at, count = end, found.end(), count + 1
                if found[1] == "]" or last - start > self._block:
                    return found[1] == "]"
        except RecursionError:
            raise _Broken("it nests too deep") from None
        finally:
            if count:
                self._add(records, offset, text[start:last], count)
        # The record goes on after the window, is the very last one, or is broken: the careful way.
        self.next_sign()
        offset = self.offset()
        self.value()
        records.add(Block(offset, self.offset() - offset, 1))
        return self._separator() == "]"

    def _note_many(self, records: StoredRecords) -> str:
        """Take what can be told at a glance to be records; what follows them, a comma or a bracket, else nothing."""
        text, start = self._text, self._at
        end, count = whole_records(text, start, min(len(text), start + self._block))
        after = _between(text, end) if count else None
        if after is None or after.end() == len(text):
            return ""
        self._add(records, self.offset(), text[start:end], count)
        self._at = after.end()
        return after[1]

    def _add(self, records: StoredRecords, offset: int, text: str, count: int) -> None:
        records.add(Block(offset, len(text) if text.isascii() else len(text.encode()), count))

    def entries(self) -> Iterator[str]:
        """The keys of the object that begins here; the caller reads the value after each."""
        self._take("{")
        if self.next_sign() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise _Broken(f"a key is no text, at byte {self.offset():,}")
            self._take(":")
            yield key
            if self._separator("}") == "}":
                return

    def offset(self) -> int:
        """The place of the next character in bytes."""
        piece = self._text[self._mark : self._at]
        self._mark_offset += len(piece) if piece.isascii() else len(piece.encode())
        self._mark = self._at
        return self._mark_offset

    def _separator(self, closing: str = "]") -> str:
        sign = self.next_sign()
        if sign not in (",", closing):
            raise _Broken(f"a comma is missing at byte {self.offset():,}" if sign else None)
        self._at += 1
        self.next_sign()
        return sign

    def _take(self, sign: str) -> None:
        found = self.next_sign()
        if found != sign:
            raise _Broken(f"{sign!r} is missing at byte {self.offset():,}" if found else None)
        self._at += 1

    def _judge(self, error: json.JSONDecodeError) -> None:
        """Raise ``_Broken`` where more text would not help."""
        if not error.msg.startswith("Unterminated string") and error.pos < len(self._text) - _NEAR_THE_END:
            raise _Broken(f"{error.msg}, at byte {self.offset() + error.pos - self._at:,}")

    def _more(self) -> bool:
        """Read on; False at the end of the text. A value larger than the window doubles it."""
        self.offset()
        rest = self._text[self._at :]
        data = b"" if self.fault else self.file.read(self._read, max(self._size, len(rest)))
        self._read += len(data)
        if data:
            self._text, self._at, self._mark = rest + self._decoded(data), 0, 0
        return bool(data)

    def _decoded(self, data: bytes) -> str:
        """The text of the next bytes, as far as they are UTF-8; a character that they cut comes with the next ones."""
        try:
            return self._utf8.decode(data)
        except UnicodeDecodeError as error:
            self.fault = f"it is not UTF-8: {error.reason}"
            return error.object[: error.start].decode()


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
