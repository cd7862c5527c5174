"""``--rate-limit``: how many calls an account and a token may make, and the windows that keep it so."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchctl.engine.backends.sliding_window import SlidingWindow
from batchctl.engine.backends.throttled import Limit
from batchctl.errors import UsageError
from batchctl.truto.limits import ACCOUNT_CALLS, TOKEN_CALLS, WINDOW_S

if TYPE_CHECKING:
    from batchctl.truto.connection import Connection

_OFF = "off"
_COUNTS = re.compile(r"([1-9]\d{0,6})(?:,([1-9]\d{0,6}))?")


def rate_limits(option: str | None, connection: Connection, account: str) -> list[Limit]:
    """The limits to keep, the account's first. No calls are counted with ``off``, nor on hosts that are not Truto's.

    The account's is there in any case: after a 429 it holds back the account's other calls, whatever the host.
    Raises ``UsageError`` for what is neither ``off`` nor one or two whole numbers.
    """
    if option == _OFF or (option is None and not _is_truto(connection.api_url)):
        return [Limit("a 429 of the account", _window("account", account, None))]
    counts = _COUNTS.fullmatch(option if option is not None else f"{ACCOUNT_CALLS},{TOKEN_CALLS}")
    if counts is None:
        raise UsageError(
            "--rate-limit is ACCOUNT or ACCOUNT,TOKEN in calls per 10 s, or off", hint="for example 50,500"
        )
    per_account, per_token = int(counts[1]), int(counts[2] or TOKEN_CALLS)
    return [
        Limit(f"{per_account} calls per {WINDOW_S} s and account", _window("account", account, per_account)),
        Limit(f"{per_token} calls per {WINDOW_S} s and token", _window("token", connection.token, per_token)),
    ]


def _is_truto(api_url: str) -> bool:
    host = urlsplit(api_url).hostname or ""
    return host == "truto.one" or host.endswith(".truto.one")


@cache
def _window(_kind: str, _owner: str, calls: int | None) -> SlidingWindow:
    """One window per owner in this process: the rows of ``--each`` share it."""
    return SlidingWindow(calls, WINDOW_S)
