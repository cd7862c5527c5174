"""How much one evaluation may take."""

from __future__ import annotations

import time
from typing import Final

from batchctl.structs import Struct, replace

# So that an evaluation whose time is over ends as such, and not for a limit that no engine takes.
_LEAST_S: Final = 0.001


class Limits(Struct, frozen=True):
    """How much one evaluation of an expression may take; going beyond ends it with an ``ExpressionError``.

    ``time_s`` is in seconds, ``depth`` counts nested calls, ``items`` the length of one array, ``string_bytes`` that of
    one string and ``result_bytes`` the result as JSON. Where ``time_s`` is what is left of a longer time, ``rest_of_s``
    is that longer time; else it is 0.
    """

    time_s: float = 30.0
    depth: int = 5_000
    items: int = 10_000_000
    string_bytes: int = 256 * 1024 * 1024
    result_bytes: int = 2 * 1024 * 1024 * 1024
    rest_of_s: float = 0.0

    @property
    def named_s(self) -> float:
        """The seconds that were allowed when the evaluation began, for error messages."""
        return self.rest_of_s or self.time_s

    def since(self, started_s: float) -> Limits:
        """A copy whose ``time_s`` is less by the seconds since ``started_s``, a moment of ``time.monotonic()``.

        It is 1 ms where none are left. Its ``rest_of_s`` is the time that was allowed before.
        """
        return self.until(started_s + self.time_s)

    def until(self, deadline_s: float) -> Limits:
        """A copy whose ``time_s`` is the seconds left until ``deadline_s``, a moment of ``time.monotonic()``.

        It is 1 ms where none are left. Its ``rest_of_s`` is the time that was allowed before.
        """
        return replace(self, time_s=max(_LEAST_S, deadline_s - time.monotonic()), rest_of_s=self.named_s)
