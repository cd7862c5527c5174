"""How much one evaluation may take."""

from __future__ import annotations

import time
from typing import Final

from batchctl.structs import Struct, replace

# So that an evaluation whose time is over ends as such, and not for a limit that no engine takes.
_LEAST_S: Final = 0.001


class Limits(Struct, frozen=True):
    """Bounds of one evaluation; an expression that goes beyond one ends with an ``ExpressionError``.

    ``depth`` counts nested calls, ``items`` the length of one array, ``string_bytes`` that of one string and
    ``result_bytes`` the result as JSON. ``rest_of_s`` is what ``time_s`` is the rest of, where it is one.
    """

    time_s: float = 30.0
    depth: int = 5_000
    items: int = 10_000_000
    string_bytes: int = 256 * 1024 * 1024
    result_bytes: int = 2 * 1024 * 1024 * 1024
    rest_of_s: float = 0.0

    @property
    def named_s(self) -> float:
        """The time that was allowed when the evaluation began, for people."""
        return self.rest_of_s or self.time_s

    def since(self, started_s: float) -> Limits:
        """What is left for an evaluation that began at ``started_s`` (``time.monotonic()``)."""
        return self.until(started_s + self.time_s)

    def until(self, deadline_s: float) -> Limits:
        """The same, for one that has to end at ``deadline_s``."""
        return replace(self, time_s=max(_LEAST_S, deadline_s - time.monotonic()), rest_of_s=self.named_s)
