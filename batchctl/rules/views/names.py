"""Suggestions for a name that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Comparisons of one name with another that a file may cost: up to half a second where all names are alike.
_MOST_COMPARISONS = 10_000
_FEW = 8
_LONGEST = 200


class Names:
    """Known names. The first unknown ones get a suggestion; where there are many of both, later ones do without."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = list(known)
        self._left = _MOST_COMPARISONS
        self._plain = {_plain(name): name for name in reversed(self._known)}
        self._advice: dict[str, str | None] = {}

    def closest(self, written: str) -> str | None:
        """``did you mean "a" or "b"?``, or the known names when they are few and none is close."""
        if written not in self._advice:
            self._advice[written] = self._closest(written)
        return self._advice[written]

    def _closest(self, written: str) -> str | None:
        same = self._plain.get(_plain(written))
        matches = [same] if same is not None else self._alike(written)
        if matches:
            return "did you mean " + " or ".join(f'"{name}"' for name in matches) + "?"
        if self._known and len(self._known) <= _FEW:
            return f"known names: {', '.join(self._known)}"
        return None

    def _alike(self, written: str) -> list[str]:
        self._left -= len(self._known)
        if self._left < 0 or len(written) > _LONGEST:
            return []
        return get_close_matches(written, self._known, 3, 0.7)


def closest(written: str, known: Iterable[str]) -> str | None:
    """The same for one name."""
    return Names(known).closest(written)


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(" ", "").lower()
