"""What an evaluation may still take while it is in a function of ours, where the engine does not watch."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from batchctl.javascript.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.truto_functions.limits import Limits


@dataclass(frozen=True, slots=True)
class _Budget:
    deadline: float
    limits: Limits


_CURRENT: Final[ContextVar[_Budget | None]] = ContextVar("budget", default=None)


@contextmanager
def budget(limits: Limits) -> Iterator[None]:
    """Hold the functions that are called within to ``limits``."""
    token = _CURRENT.set(_Budget(time.monotonic() + limits.time_s, limits))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def check(answer: object) -> None:
    """Raises ``HostError`` where the time is over, or ``answer`` is too large."""
    current = _CURRENT.get()
    if current is None:
        return
    limits = current.limits
    if time.monotonic() > current.deadline:
        raise HostError(f"the expression took longer than {limits.time_s:g} s", "D1012")
    if isinstance(answer, str) and len(answer) > limits.string_bytes:
        raise HostError(f"a string grew beyond {limits.string_bytes:,} bytes", "U1001")
    if isinstance(answer, list) and len(answer) > limits.items:
        raise HostError(f"an array grew beyond {limits.items:,} items", "U1001")
