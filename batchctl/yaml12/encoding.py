"""From bytes to text: encodings by their byte order mark, size, and what can't be decoded."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics import START, Position, Span
from batchctl.diagnostics.kinds import problem
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic

MAX_BYTES = 32 * 2**20

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
# Where YAML breaks lines; str.splitlines breaks at more.
LINE_BREAK = lazy_regex(r"\r\n|[\n\r\x85\u2028\u2029]")
_BYTE_ORDER_MARK = "\ufeff"


class Decoded(NamedTuple):
    """The text of a file without its byte order mark, and the problem if not all of it could be decoded.

    With a ``problem`` the text is only good for showing: it may be empty or have replacement characters.
    """

    text: str
    problem: Diagnostic | None = None


def decode(data: str | bytes) -> Decoded:
    """The text in ``data``: bytes are decoded by their byte order mark, else as UTF-8; a string is only checked.

    Nothing is raised: what can't be decoded, and data above 32 MiB, is the result's ``problem``.
    """
    if isinstance(data, str):
        return _checked(data.removeprefix(_BYTE_ORDER_MARK))
    if len(data) > MAX_BYTES:
        return Decoded("", _too_large())
    mark, codec, name = next((m for m in _MARKS if data.startswith(m[0])), (b"", "utf-8", "UTF-8"))
    data = data[len(mark) :]
    try:
        return Decoded(data.decode(codec))
    except UnicodeDecodeError as error:
        return _undecodable(data, codec, name, error.start)


def position_at_end(text: str) -> Position:
    """The position just after the end of ``text``."""
    breaks = list(LINE_BREAK.finditer(text))
    return Position(len(breaks) + 1, len(text) - (breaks[-1].end() if breaks else 0) + 1)


def _checked(text: str) -> Decoded:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        where = _one_character(text[: error.start])
        return Decoded(text, problem("encoding", "half of a surrogate pair is not a character", where))
    return Decoded("", _too_large()) if size > MAX_BYTES else Decoded(text)


def _undecodable(data: bytes, codec: str, name: str, start: int) -> Decoded:
    where = _one_character(data[:start].decode(codec))
    width = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}.get(codec, 1)
    shown = " ".join(f"0x{byte:02X}" for byte in data[start : start + width])
    message = f"byte{'s' if width > 1 else ''} {shown} can't be read as {name}"
    if b"\0" in data[: start + 64] and codec == "utf-8":
        message = "the file is not text"
    return Decoded(data.decode(codec, "replace"), problem("encoding", message, where, help="save the file as UTF-8"))


def _one_character(before: str) -> Span:
    line, column = position_at_end(before)
    return Span(Position(line, column), Position(line, column + 1))


def _too_large() -> Diagnostic:
    return problem("file-too-large", f"the file is larger than {MAX_BYTES // 2**20} MiB", START)
