"""How much one evaluation may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation; an expression that goes beyond one ends with an ``ExpressionError``.

    ``depth`` counts nested calls, ``items`` the length of one array, ``string_bytes`` that of one string and
    ``result_bytes`` the result as JSON.
    """

    time_s: float = 30.0
    depth: int = 5_000
    items: int = 10_000_000
    string_bytes: int = 256 * 1024 * 1024
    result_bytes: int = 2 * 1024 * 1024 * 1024
