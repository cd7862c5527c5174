"""A text with its troublesome pieces replaced by as many harmless characters, so that YAML can go on after them.

Two things are masked: what is between braces (``id: {{args.id}}/x`` is a broken mapping to YAML, and stays one
scalar when masked), and the pairs of ``\\uD83D\\uDE00`` escapes that JSON writes and YAML refuses. Offsets stay true.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from batchctl.patterns import lazy_regex

# Placeholders and variables, loosely; what holds quotes or backslashes could end a string when masked.
# ``{ { args.x } }`` is what formatters make of a placeholder without quotes.
_BRACES = lazy_regex(r"""\{\{[^{}"'\\\n\r]*\}\}|\{ \{ ?[\w\-./|:? ]*\} \}|\$\{[^{}"'\\\n\r]*\}""")
_SPREAD = lazy_regex(r"\{ \{( ?[\w\-./|:? ]*)\} \}")
# Supplementary Private Use Area-A stands in for what is between braces; it has room for 64 K characters.
_PRIVATE, _ROOM = 0xF0000, 0xFFFE
_RUN = lazy_regex("[\U000f0000-\U000ffffd]+")

# Or a backslash that is escaped itself: what follows it is no escape.
_PAIR = lazy_regex(r"\\\\|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_SURROGATES = 0xD800


class _Block(NamedTuple):
    """A part of the Private Use Area as large as that of the surrogates, and what would give it away."""

    first: int
    used: re.Pattern[str]
    pair: re.Pattern[str]
    escapes: re.Pattern[str]


_BLOCKS = (
    _Block(
        0xE000,
        re.compile(r"[\ue000-\ue7ff]|\\u[eE][0-7]"),
        re.compile(r"[\ue000-\ue3ff][\ue400-\ue7ff]"),
        re.compile(r"\\ue[0-3][0-9a-f]{2}\\ue[4-7][0-9a-f]{2}"),
    ),
    _Block(
        0xF000,
        re.compile(r"[\uf000-\uf7ff]|\\u[fF][0-7]"),
        re.compile(r"[\uf000-\uf3ff][\uf400-\uf7ff]"),
        re.compile(r"\\uf[0-3][0-9a-f]{2}\\uf[4-7][0-9a-f]{2}"),
    ),
)


class Masks:
    """A text for the YAML parser in which what it would misread is replaced by as many harmless characters.

    Replaced are the braces of placeholders without quotes (``{{args.id}}``), and surrogate pairs written as escapes.
    ``text`` is the result, whose offsets are those of the original; ``restored`` gives a value its own characters
    again.
    """

    __slots__ = ("_block", "_hides_braces", "text")

    def __init__(self, text: str) -> None:
        self._block: _Block | None = None
        # As PyYAML wants it: no subclass of str.
        self.text = str(text)
        if _pairs(text):
            self._block = next((block for block in _BLOCKS if not block.used.search(text)), None)
        if self._block is not None:
            self.text = _PAIR.sub(self._moved, text)
        # A text that holds such characters itself keeps them, and its braces.
        self._hides_braces = _RUN.search(text) is None
        if self._hides_braces:
            self.text = _BRACES.sub(_hidden, self.text)

    def restored(self, value: str, quote: str, original: str) -> str:
        """The value of a scalar of the masked text, with its own characters again.

        ``value`` is as the parser read it, ``quote`` the scalar's style (a quote, ``|`` or ``>``, empty for a plain
        one), ``original`` its source before masking.
        """
        if self._block is not None and quote == '"':
            value = self._block.pair.sub(self._joined, value)
        elif self._block is not None:
            originals = iter(_pairs(original))
            value = self._block.escapes.sub(lambda _: next(originals), value)
        return _RUN.sub(_shown, value) if self._hides_braces else value

    def starts_hidden(self, value: str) -> bool:
        """Whether ``value``, as the parser read it from the masked text, starts with a masked part."""
        return self._hides_braces and _RUN.match(value) is not None

    def has_hidden(self, value: str) -> bool:
        """Whether ``value``, as the parser read it from the masked text, has a masked part anywhere."""
        return self._hides_braces and _RUN.search(value) is not None

    def _moved(self, match: re.Match[str]) -> str:
        assert self._block is not None  # noqa: S101 - for mypy: only called with a block
        if match[1] is None:
            return match[0]
        shift = self._block.first - _SURROGATES
        return "".join(f"\\u{int(unit, 16) + shift:04x}" for unit in match.groups())

    def _joined(self, match: re.Match[str]) -> str:
        assert self._block is not None  # noqa: S101 - for mypy: only called with a block
        shift = _SURROGATES - self._block.first
        return b"".join((ord(unit) + shift).to_bytes(2, "big") for unit in match[0]).decode("utf-16-be")


def _pairs(text: str) -> list[str]:
    return [match[0] for match in _PAIR.finditer(text) if match[1]]


def joined(value: str) -> str:
    """A placeholder with its braces joined again that a formatter separated: ``{ { args.x } }`` → ``{{ args.x }}``."""
    return _SPREAD.sub(r"{{\1}}", value)


def _hidden(match: re.Match[str]) -> str:
    text = match[0]
    return text if ord(max(text)) >= _ROOM else "".join(chr(_PRIVATE + ord(character)) for character in text)


def _shown(match: re.Match[str]) -> str:
    return "".join(chr(ord(character) - _PRIVATE) for character in match[0])
