"""How fast Truto lets itself be called (its reference, "Rate limits"): per integrated account, and per API token."""

from __future__ import annotations

ACCOUNT_CALLS = 50
TOKEN_CALLS = 500
WINDOW_S = 10


def least_seconds(calls: int) -> int:
    """How many seconds this many calls to one account take at least, by Truto's rate limit, if none came before."""
    return max(0, (calls - 1) // ACCOUNT_CALLS) * WINDOW_S


def least_seconds_of_all(calls: int) -> int:
    """How many seconds this many calls with one token take at least, by Truto's rate limit, whatever the accounts."""
    return max(0, (calls - 1) // TOKEN_CALLS) * WINDOW_S
