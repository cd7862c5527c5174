"""What an evaluation may still take while it is in a function of ours, where the engine does not watch.

``tick`` stands in what every such function does for every item (reading a member, making text, comparing, writing
JSON), so that a function that takes long needs no care of its own.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from batchctl.javascript.errors import HostError
from batchctl.javascript.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Current(threading.local):
    """The budget of this thread: one evaluation runs in it at a time."""

    limits: Limits | None = None
    deadline = 0.0
    ticks = 0
    # Whether objects are given that may be of the expression's own making, which can't be told from others.
    made_objects = False


_CURRENT: Final = _Current()
# A look at the clock costs as much as a tick does: one for so many.
_BETWEEN_LOOKS: Final = 255


@contextmanager
def budget(limits: Limits, *, made_objects: bool = False) -> Iterator[None]:
    """A context in which functions written in Python keep to ``limits``, as ``tick`` and ``check`` enforce them.

    Its time begins when the context is entered. ``made_objects`` is what ``has_made_objects`` returns inside.
    """
    before = _CURRENT.limits, _CURRENT.deadline, _CURRENT.made_objects
    _CURRENT.limits, _CURRENT.deadline = limits, time.monotonic() + limits.time_s
    _CURRENT.made_objects = made_objects
    try:
        yield
    finally:
        _CURRENT.limits, _CURRENT.deadline, _CURRENT.made_objects = before


def has_made_objects() -> bool:
    """Whether arguments of functions may be objects that the expression itself has made.

    JavaScript can't make text of those. They can't be told from other objects, so this is about all of them.
    """
    return _CURRENT.made_objects


def left() -> Limits:
    """The limits of the current evaluation, with the time that is left of it; outside of one ``Limits()``."""
    limits = _CURRENT.limits
    return Limits() if limits is None else limits.until(_CURRENT.deadline)


def tick() -> None:
    """To be called for each item of a loop: raises ``HostError`` (code D1012) when the evaluation's time is over.

    It looks at the clock once in 256 calls; outside of ``budget`` it does nothing.
    """
    current = _CURRENT
    current.ticks += 1
    if not current.ticks & _BETWEEN_LOOKS:
        _look(current)


def ticking(items: Iterable[object]) -> Iterator[object]:
    """The ``items`` one by one, unchanged and in their order, with a ``tick`` before each.

    Raises ``HostError`` (code D1012) when the evaluation's time is over.
    """
    for item in items:
        tick()
        yield item


def check(answer: object) -> None:
    """Raise ``HostError`` when the evaluation's time is over (D1012), or ``answer`` is a text or list too long (U1001).

    The length of a list is that of itself, not of lists in it; any other value is never too long. Outside of ``budget``
    it does nothing.
    """
    limits = _CURRENT.limits
    if limits is None:
        return
    _look(_CURRENT)
    if isinstance(answer, str) and len(answer) > limits.string_bytes:
        raise HostError(f"a string grew beyond {limits.string_bytes:,} bytes", "U1001")
    if isinstance(answer, list) and len(answer) > limits.items:
        raise HostError(f"an array grew beyond {limits.items:,} items", "U1001")


def _look(current: _Current) -> None:
    if current.limits is not None and time.monotonic() > current.deadline:
        raise HostError(f"the expression took longer than {current.limits.named_s:g} s", "D1012")
