"""Tries seeds at a target, and reports those that end otherwise than they may."""

from __future__ import annotations

import signal
import traceback
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

# No input of a few kilobytes takes so long; the limit of expressions is 3 s.
MAX_S = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that ended in something else than a result or a sentence."""

    target: str
    seed: int
    text: str


class Hang(BaseException):
    """An attempt took longer than ``MAX_S``; no handler of ours may take it for an error."""


def attempts(target: str, attempt: Callable[[Random], None], seeds: Iterable[int]) -> Iterator[Fault | None]:
    """The fault of each seed, None for one that ended well."""
    before = signal.signal(signal.SIGALRM, _hang)
    try:
        for seed in seeds:
            yield _tried(target, attempt, seed)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _tried(target: str, attempt: Callable[[Random], None], seed: int) -> Fault | None:
    signal.alarm(MAX_S)
    try:
        attempt(Random(f"{target} {seed}"))
    except BatchctlError as error:
        return None if str(error) else Fault(target, seed, "an error without a sentence")
    except (Exception, Hang) as error:  # noqa: BLE001 - whatever it is, it is a fault
        return Fault(target, seed, "".join(traceback.format_exception(error)[-6:]))
    finally:
        signal.alarm(0)
    return None


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hang(f"longer than {MAX_S} s")
