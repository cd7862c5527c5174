"""Secrets kept out of stored JSON: each is replaced by a mark, and put back where the same secret is known again.

A mark is a salted hash (scrypt, RFC 7914) of the secret: a reader of the file can't tell the secret from it, while
a resumed run, which knows its own token, variables and arguments, gets exactly what came.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.redaction.forms import bounded, forms, is_whole_only, longest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXT, _NUMBER = "~batchctl-secret-", "~batchctl-number-"
_MARK = lazy_regex(r'"~batchctl-number-([0-9a-f]{32})~"|~batchctl-secret-([0-9a-f]{32})~')
# What may stand before a secret so that it can be known as a value of its own.
_CONTEXT = 4
# 16 MiB and some 30 ms for each guess.
_COST, _BLOCK, _LANES = 2**14, 8, 1


class UnknownSecret(Exception):
    """Raised when a mark in stored JSON stands for a secret that is not known in this process."""


class Seal:
    """Replaces secrets by marks in JSON text that is stored, and puts them back when it is read again.

    ``secrets`` are the values to replace, and those that can be put back. ``salt`` is stored with the run, so that a
    later process makes the same marks; None takes a new one. ``sealed`` and ``opened`` take a whole text. For text in
    pieces (UTF-8) ``chunks`` replaces, or ``feed`` for each piece and ``rest`` after the last. A mark is
    ``~batchctl-secret-`` or ``"~batchctl-number-``, 32 hexadecimal digits and ``~`` (``~"``). ``marks`` counts those
    made since ``restart``.
    """

    def __init__(self, secrets: Iterable[str], salt: bytes | None = None) -> None:
        self._salt = os.urandom(16) if salt is None else salt
        self._forms = longest_first({form for secret in secrets for form in forms(secret)})
        self._pattern = _pattern(self._forms)
        self._sought = [form.encode("utf-8", "surrogatepass") for form in self._forms]
        self._opened: dict[str, str] | None = None
        self._longest = max((len(form.encode("utf-8", "surrogatepass")) for form in self._forms), default=0)
        self._tail = self._before = b""
        self.marks = 0

    def sealed(self, text: str) -> str:
        """The JSON text with a mark in place of each secret."""
        if self._pattern is None:
            return text
        return self._replaced(text.encode("utf-8", "surrogatepass"), b"").decode("utf-8", "surrogatepass")

    def opened(self, text: str) -> str:
        """The JSON text with its secrets in place of the marks. Raises ``UnknownSecret`` for a mark of any other."""
        if "~batchctl-" not in text:
            return text
        if self._opened is None:
            self._opened = {self._tag(form): form for form in self._forms}
        known = self._opened

        def _secret(match: re.Match[str]) -> str:
            try:
                return known[match[1] or match[2]]
            except KeyError:
                raise UnknownSecret from None

        return _MARK.sub(_secret, text)

    def restart(self) -> None:
        """Forget what ``feed`` has held back and counted, before another text begins."""
        self._tail = self._before = b""
        self.marks = 0

    def feed(self, chunk: bytes) -> bytes:
        """The next part of a text with marks for secrets; the end of ``chunk`` may be held back for the next call.

        It is held back where a secret may begin in it that goes on in the next chunk.
        """
        if self._pattern is None:
            return chunk
        data = self._tail + chunk
        # A secret that starts in the last bytes may end in the next chunk, and what follows it decides too.
        cut = max(0, len(data) - self._longest)
        if not any(form in data for form in self._sought):
            # The usual case, and many times quicker than the pattern, which weighs what is around a form.
            self._before, self._tail = (self._before + data[:cut])[-_CONTEXT:], data[cut:]
            return data[:cut]
        for match in self._pattern.finditer(self._before + data):
            start, end = match.start() - len(self._before), match.end() - len(self._before)
            if start < cut < end:
                cut = start
        out = self._replaced(data[:cut], data[cut : cut + 1])
        self._before, self._tail = (self._before + data[:cut])[-_CONTEXT:], data[cut:]
        return out

    def rest(self) -> bytes:
        """The part that ``feed`` has held back at the end of a text, with marks for secrets."""
        tail, self._tail = self._tail, b""
        return self._replaced(tail, b"") if self._pattern else tail

    def chunks(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """A text in chunks with a mark for each secret, also for one that spans chunks.

        The result has one chunk more than ``chunks``.
        """
        for chunk in chunks:
            yield self.feed(chunk)
        yield self.rest()

    def _replaced(self, data: bytes, after: bytes) -> bytes:
        """``data`` with marks, where ``self._before`` stood before it and ``after`` follows."""
        if self._pattern is None:
            return data
        out, position, offset = [], 0, len(self._before)
        for match in self._pattern.finditer(self._before + data + after):
            start, end = match.start() - offset, match.end() - offset
            if start < position or end > len(data):
                continue
            kind = _NUMBER if match.lastgroup == "number" else _TEXT
            mark = f"{kind}{self._tag(match[0].decode('utf-8', 'surrogatepass'))}~"
            out += [data[position:start], (f'"{mark}"' if kind is _NUMBER else mark).encode()]
            position = end
            self.marks += 1
        return b"".join((*out, data[position:])) if out else data

    def _tag(self, form: str) -> str:
        return _hashed(form, self._salt)


def without_marks(text: str, mask: str) -> str:
    """Stored JSON text with ``mask`` in place of each secret's mark, to be shown to people."""
    return _MARK.sub(lambda match: f'"{mask}"' if match[1] else mask, text)


@lru_cache(maxsize=1024)
def _hashed(form: str, salt: bytes) -> str:
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and most commands store nothing

    raw = form.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=2**26, dklen=16).hex()


def _pattern(found: Iterable[str]) -> re.Pattern[bytes] | None:
    """Strong ones anywhere, words where they are alone, short ones and digits as whole values."""
    texts, numbers = [], []
    for form in found:
        escaped = re.escape(form)
        if form.isdecimal():
            numbers.append(escaped)
        elif not is_whole_only(form):
            texts.append(bounded(form))
        else:
            texts.append(f'(?<="){escaped}(?=")')
    parts = [*texts]
    if numbers:
        either = "|".join(numbers)
        parts.append(f'(?<=")(?:{either})(?=")')
        parts.append(rf'(?P<number>(?:(?<=[^\\]":)|(?<=[^\\]": ))(?:{either})(?=[,\}}\]\s]))')
    return re.compile("|".join(parts).encode("utf-8", "surrogatepass")) if parts else None
