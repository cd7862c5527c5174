"""In which encoding the text of an answer is: one rule for every answer and reader.

A byte order mark decides; else the charset that the service declares; else what the first bytes of JSON show
(RFC 8259 asks for UTF-8, RFC 4627 allowed UTF-16 and UTF-32).
"""

from __future__ import annotations

import codecs
import io
import json
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# So many bytes tell the encoding.
_HEAD = 4


def encoding_of(head: bytes, content_type: str, host: str) -> str:
    """The name of the Python codec for a response's text, by its first four bytes and its ``Content-Type`` header.

    ``head`` are these bytes. Raises ``BadAnswer`` for an unknown charset; ``host`` is for its message.
    """
    if head.startswith(_MARKS):
        return json.detect_encoding(head)
    declared = _declared(content_type)
    if not declared:
        return json.detect_encoding(head)
    try:
        # Codecs that are not of text (hex, zip…) are refused here, too.
        return codecs.lookup(io.TextIOWrapper(io.BytesIO(), encoding=declared).encoding).name
    except (LookupError, ValueError):
        raise BadAnswer(f"the answer from {host} is in the charset {declared[:40]!r}, which can't be read") from None


def decoded(data: bytes, content_type: str, host: str) -> str:
    """The text of a response body, ``data``. Raises ``BadAnswer`` where it can't be decoded.

    ``content_type`` is the header, which may name a charset; ``host`` is for the error's message.
    """
    encoding = encoding_of(data[:_HEAD], content_type, host)
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise _not_in(encoding, host, error) from None


class Utf8:
    """Converts a response body, piece by piece, from whatever encoding it has to UTF-8 without a byte order mark.

    ``content_type`` is the header, which may name a charset; without one the first bytes tell, else it is UTF-8. The
    methods raise ``BadAnswer`` for a charset that is not known; ``host`` is for its message.
    """

    def __init__(self, content_type: str, host: str) -> None:
        self._content_type = content_type
        self._host = host
        self._head = b""
        self._encoding = ""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take the next bytes of the body, and yield the UTF-8 of the characters that are complete by now.

        Raises ``BadAnswer`` for bytes that are not in the body's encoding.
        """
        if not self._encoding:
            self._head += piece
            if len(self._head) < _HEAD:
                return
            piece = self._begin()
        yield self._recoded(piece)

    def end(self) -> Iterator[bytes]:
        """The UTF-8 that is still missing, when no more bytes come. Raises ``BadAnswer`` for half a character."""
        if not self._encoding and self._head:
            yield self._recoded(self._begin())
        yield self._recoded(b"", final=True)

    def _begin(self) -> bytes:
        self._encoding = encoding_of(self._head[:_HEAD], self._content_type, self._host)
        if self._encoding not in ("utf-8", "utf-8-sig", "ascii"):
            self._decoder = codecs.getincrementaldecoder(self._encoding)()
        head, self._head = self._head, b""
        return head.removeprefix(codecs.BOM_UTF8)

    def _recoded(self, piece: bytes, *, final: bool = False) -> bytes:
        if self._decoder is None:
            return piece
        try:
            return self._decoder.decode(piece, final).encode("utf-8")
        except UnicodeError as error:
            raise _not_in(self._encoding, self._host, error) from None


def _declared(content_type: str) -> str:
    """The charset in ``application/json; charset=utf-8``."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").strip()
    return ""


def _not_in(encoding: str, host: str, error: UnicodeError) -> BadAnswer:
    place = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
    named = encoding.upper() if encoding.startswith("utf") else encoding
    return BadAnswer(f"the answer from {host} is not {named}{place}")
