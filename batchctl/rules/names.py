"""Suggestions for a name that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Comparing with more names than this takes longer than a person gains by it.
_MOST_CANDIDATES = 1000
_FEW = 8


def closest(written: str, known: Iterable[str]) -> str | None:
    """``did you mean "a" or "b"?``, or the known names when they are few and none is close."""
    candidates = list(known)
    if len(candidates) > _MOST_CANDIDATES:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - most files have no mistake

    plain = {_plain(name): name for name in candidates}
    matches = [plain[_plain(written)]] if _plain(written) in plain else get_close_matches(written, candidates, 3, 0.7)
    if matches:
        return "did you mean " + " or ".join(f'"{name}"' for name in matches) + "?"
    if candidates and len(candidates) <= _FEW:
        return f"known names: {', '.join(candidates)}"
    return None


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(" ", "").lower()
