"""SIGTERM and SIGHUP end a run as Ctrl-C does: what has come is kept, and how to resume is said."""

from __future__ import annotations

import signal
from typing import Any


def end_as_interrupt() -> None:
    """Treat the signals that end a process as SIGINT; one that is ignored, as under ``nohup``, stays ignored."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: Any) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what it puts into the background so: Ctrl-C is not for it, but this signal is.
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)
