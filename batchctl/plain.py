"""Text from outside made safe to show, and the few words that every view needs."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Redact = "Callable[[str], str]"

# Control, format (bidirectional overrides among them), surrogate, and the line and paragraph separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINER = "\u200d"  # part of many emoji


def clean(text: str, limit: int | None = None) -> str:
    r"""``text`` on one line, harmless on a terminal: control characters are shown as ``\x1b``.

    With ``limit`` it is cut to as many code points, the last of them ``…``, before characters are replaced; None cuts
    nothing.
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == _JOINER or unicodedata.category(character) not in _UNSAFE:
        return character
    return character.encode("unicode_escape").decode("ascii")


def counted(count: int, noun: str) -> str:
    """A count with its noun, in the plural where needed: ``1 record``, ``2 records``, ``1,200 records``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{count:,} {noun}s"


def duration(seconds: float) -> str:
    """A time for people: ``4 ms``, ``1.2 s``, ``2 min 5 s``."""
    if seconds < 0.9995:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def singular(plural: str) -> str:
    """The singular of a resource's name: ``contacts`` → ``contact``, ``crm/companies`` → ``company``.

    A word that is no plain plural becomes ``record of news-feed``.
    """
    word = plural.rpartition("/")[2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "ews")) and len(word) > 3:
        return word[:-1]
    return f"record of {word}"


def listed(words: Sequence[str]) -> str:
    """The words as a list in a sentence: ``a``, ``a and b``, ``a, b and c``; empty for none."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
