"""How fast Truto lets an integrated account be called."""

from __future__ import annotations

CALLS = 50
WINDOW_S = 10


def least_seconds(calls: int) -> int:
    """How long at least so many calls take, when the first window is free."""
    return max(0, (calls - 1) // CALLS) * WINDOW_S
