"""What ends a command: Ctrl-C, SIGTERM and SIGHUP, from the first moment on, always with a word on stderr and exit 130.

While a command is loaded, nothing has begun that would have to be put away: a signal ends the process where it is. An
exception would be thrown into whatever is being imported then, which may swallow it or call it something else.
"""

from __future__ import annotations

import os
import signal

_NUMBERS = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)
_EXIT_CODE = 130


def end_at_once() -> None:
    """From here on Ctrl-C, SIGTERM and SIGHUP print that nothing was sent, and end the process with exit code 130.

    A signal that is ignored (``nohup``) stays ignored. ``as_usual`` takes this back.
    """
    for number in _NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def as_usual() -> None:
    """From here on Ctrl-C raises ``KeyboardInterrupt``, and SIGTERM and SIGHUP end the process: Python's defaults."""
    for number in _NUMBERS:
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def end_as_interrupt() -> None:
    """From here on SIGTERM and SIGHUP do what Ctrl-C does: results so far are kept, and the run can be resumed."""
    as_usual()
    for number in _NUMBERS:
        if number != signal.SIGINT and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _end(_number: int, _frame: object) -> None:
    # Past every buffer and every exception: either may be in use right now.
    # A terminal shows ^C where the cursor is, which may be behind a question.
    os.write(2, b"\n" * os.isatty(2) + b"interrupted; nothing was sent\n")
    os._exit(_EXIT_CODE)


def _interrupt(_number: int, _frame: object) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what it puts into the background so: Ctrl-C is not for it, but this signal is.
        from batchctl.blocking import interrupt

        interrupt()
        return
    signal.raise_signal(signal.SIGINT)
