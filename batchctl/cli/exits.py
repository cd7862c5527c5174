"""What a command tells the shell of how a run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import ExitCode

if TYPE_CHECKING:
    from batchctl.store.facts import Status


def exit_code(status: Status) -> ExitCode:
    """The exit code for the status of a run: 0 succeeded, 130 interrupted, 4 could not run, else 3."""
    codes = {
        "succeeded": ExitCode.OK,
        "interrupted": ExitCode.INTERRUPTED,
        "refused": ExitCode.NOT_RUN,
        "failed": ExitCode.FAILURES,
    }
    return codes[status]
