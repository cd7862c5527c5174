"""How fast Truto lets itself be called (its reference, "Rate limits"): per integrated account, and per API token."""

from __future__ import annotations

ACCOUNT_CALLS = 50
TOKEN_CALLS = 500
WINDOW_S = 10


def least_seconds(calls: int) -> int:
    """How many seconds ``calls`` to one account take at least, when no call has been made before."""
    return max(0, (calls - 1) // ACCOUNT_CALLS) * WINDOW_S


def least_seconds_of_all(calls: int) -> int:
    """How many seconds ``calls`` with one token take at least, for any number of accounts."""
    return max(0, (calls - 1) // TOKEN_CALLS) * WINDOW_S
