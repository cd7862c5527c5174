"""Which known word somebody may have meant."""

from __future__ import annotations

from functools import lru_cache

_CUTOFF = 0.7


@lru_cache(maxsize=4096)
def closest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that ``word`` is a misspelling of: ``dependsOn`` → ``depends_on``, ``methd`` → ``method``."""
    plain = _plain(word)
    same = next((candidate for candidate in known if _plain(candidate) == plain), None)
    if same is not None:
        return same
    from difflib import get_close_matches  # noqa: PLC0415 - most files have no mistake

    # Comparing long words takes long, and a key of this length is no misspelling of a field.
    matches = get_close_matches(word, known, 1, _CUTOFF) if len(word) <= 64 else []
    return matches[0] if matches else None


def _plain(word: str) -> str:
    return word.replace("-", "").replace("_", "").replace(" ", "").lower()
