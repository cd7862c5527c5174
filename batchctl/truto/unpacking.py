"""The bytes of an answer, unpacked with a bound on how much may come out of how little."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1 << 20
# Below this size no ratio is suspicious: a page of like records packs very well.
_RATIO_FROM = 16 << 20
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Bounds(Struct, frozen=True):
    """How large a response may be: at most ``most_bytes``, unpacked.

    One of more than 16 MiB may also be no more than ``most_ratio`` times as large as the packed bytes that came.
    ``can_be_raised`` means that the command has options to raise them, which the error's message then names.
    """

    most_bytes: int = 64 << 20
    most_ratio: int = 200
    can_be_raised: bool = False


class Unpacker:
    """Unpacks the body of one response, chunk by chunk, within ``bounds``.

    ``coding`` is its ``Content-Encoding``, empty for none. Raises ``BadAnswer`` for a coding other than gzip and
    deflate, for bytes that are not in it, and beyond the bounds. ``host`` is for the messages of errors.
    """

    def __init__(self, coding: str, bounds: Bounds, host: str) -> None:
        self._host = host
        self._bounds = bounds
        self._coding = coding.strip().lower().removeprefix("x-")
        self._came = self._given = 0
        self._inflate = None if self._coding in ("", "identity") else self._inflater(b"")
        self._begun = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The bytes that ``chunk`` unpacks to, in pieces of at most 1 MiB.

        Raises ``BadAnswer`` for bytes that are not in the coding, and beyond the bounds.
        """
        self._came += len(chunk)
        if self._inflate is None:
            yield self._counted(chunk)
            return
        if not self._begun:
            self._begun, self._inflate = True, self._inflater(chunk)
        while chunk:
            try:
                piece = self._inflate.decompress(chunk, _PIECE)
            except zlib.error:
                raise BadAnswer(f"the answer from {self._host} can't be unpacked: it is not {self._coding}") from None
            if piece:
                yield self._counted(piece)
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof and self._inflate.unused_data:
                # gzip may come in several members, one after the other (RFC 1952, 2.2).
                chunk, self._inflate = self._inflate.unused_data, self._inflater(self._inflate.unused_data)

    def end(self) -> None:
        """To be called after the last chunk. Raises ``BadAnswer`` for packed bytes that end too early."""
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise BadAnswer(f"the answer from {self._host} is incomplete: its {self._coding} has no end")

    def _counted(self, piece: bytes) -> bytes:
        self._given += len(piece)
        if self._given > self._bounds.most_bytes:
            raise BadAnswer(
                f"the answer from {self._host} is larger than {self._bounds.most_bytes:,} bytes",
                hint=self._option("--max-answer-mib"),
            )
        if self._given > _RATIO_FROM and self._given > self._bounds.most_ratio * self._came:
            raise BadAnswer(
                f"the answer from {self._host} unpacks to more than {self._bounds.most_ratio} times its size",
                hint=self._option("--max-unpack-ratio"),
            )
        return piece

    def _option(self, name: str) -> str | None:
        return f"{name} allows more" if self._bounds.can_be_raised else None

    def _inflater(self, beginning: bytes) -> zlib._Decompress:
        if self._coding == "gzip":
            return zlib.decompressobj(_GZIP)
        if self._coding == "deflate":
            # Some servers leave out the wrapper that RFC 9110 (8.4.1.2) asks for.
            return zlib.decompressobj(_ZLIB if beginning[:1] in (b"", b"\x08", b"\x18", b"\x78", b"\x58") else _RAW)
        raise BadAnswer(f"the answer from {self._host} is packed as {self._coding[:40]!r}, which was not asked for")
