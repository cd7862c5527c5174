"""How fast Truto lets itself be called (its reference, "Rate limits"): per integrated account, and per API token."""

from __future__ import annotations

ACCOUNT_CALLS = 50
TOKEN_CALLS = 500
WINDOW_S = 10


def least_seconds(calls: int) -> int:
    """How many seconds this many calls to one account take at least, if none came before.

    Truto's rate limit is 50 calls in 10 s for an account: up to 50 take 0 s, up to 100 take 10 s.
    """
    return max(0, (calls - 1) // ACCOUNT_CALLS) * WINDOW_S


def least_seconds_of_all(calls: int) -> int:
    """How many seconds this many calls with one token take at least, whatever the accounts, if none came before.

    Truto's rate limit is 500 calls in 10 s for a token.
    """
    return max(0, (calls - 1) // TOKEN_CALLS) * WINDOW_S
