"""What a command tells the shell of how a run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import ExitCode

if TYPE_CHECKING:
    from batchctl.store.facts import Status


def exit_code(status: Status) -> ExitCode:
    """0 when it succeeded, 130 when it was interrupted, 4 when it could not run, else 3."""
    codes = {
        "succeeded": ExitCode.OK,
        "interrupted": ExitCode.INTERRUPTED,
        "refused": ExitCode.NOT_RUN,
        "failed": ExitCode.FAILURES,
    }
    return codes[status]
