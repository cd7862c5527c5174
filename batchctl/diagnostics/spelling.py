"""Which known word somebody may have meant."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CUTOFF = 0.7
# Comparing long words takes long, and one of this length is no misspelling of a field.
_MAX_FIELD, _MAX_NAME = 64, 200
# Comparisons of one name with another that a file may cost: up to half a second where all names are alike.
_MAX_COMPARISONS = 10_000
_MAX_LISTED = 8
# Letters of a word in which difflib takes two that changed places for another word.
_SHORT = 6


@lru_cache(maxsize=4096)
def closest(word: str, known: tuple[str, ...]) -> str | None:
    """The word in ``known`` that ``word`` is probably a misspelling of; None where none is similar.

    ``dependsOn`` is ``depends_on``, ``methd`` is ``method``.
    """
    plain = _plain(word)
    same = next((candidate for candidate in known if _plain(candidate) == plain), None)
    if same is not None:
        return same
    matches = _alike(word, known, 1) if len(word) <= _MAX_FIELD else []
    return matches[0] if matches else None


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """A sentence about the unknown name ``word``: ``did you mean "a" or "b"?``; None where there is nothing to say.

    Where no name in ``known`` is similar and they are at most eight, it lists these.
    """
    return Names(known).suggestion(word)


class Names:
    """The names that are known in some place, to make suggestions for names that are not.

    The number of comparisons is limited: after very many of them, unknown names get no suggestion.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = list(dict.fromkeys(known))
        self._left = _MAX_COMPARISONS
        self._plain = {_plain(name): name for name in reversed(self._known)}
        self._advice: dict[str, str | None] = {}

    def suggestion(self, written: str) -> str | None:
        """A sentence about the unknown name ``written``: ``did you mean "a"?``; None where there is nothing to say.

        Where no known name is similar and they are at most eight, it lists these.
        """
        if written not in self._advice:
            self._advice[written] = self._suggestion(written)
        return self._advice[written]

    def _suggestion(self, written: str) -> str | None:
        same = self._plain.get(_plain(written))
        matches = [same] if same is not None else self._matches(written)
        if matches:
            return "did you mean " + " or ".join(f'"{name}"' for name in matches) + "?"
        if self._known and len(self._known) <= _MAX_LISTED:
            return f"known names: {', '.join(self._known)}"
        return None

    def _matches(self, written: str) -> list[str]:
        self._left -= len(self._known)
        if self._left < 0 or len(written) > _MAX_NAME:
            return []
        return _alike(written, self._known, 3)


def _alike(word: str, known: Iterable[str], count: int) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - most files have no mistake

    names = list(known)
    return get_close_matches(word, names, count, _CUTOFF) or [each for each in names if _is_swapped(word, each)][:count]


def _is_swapped(word: str, name: str) -> bool:
    """Whether two neighbouring letters changed places: in a short word, that alone makes it half another one."""
    if len(word) != len(name) or len(word) > _SHORT or sorted(word) != sorted(name):
        return False
    other = [at for at, letter in enumerate(word) if letter != name[at]]
    return len(other) == 2 and other[1] == other[0] + 1


def _plain(word: str) -> str:
    return word.replace("-", "").replace("_", "").replace(" ", "").lower()
