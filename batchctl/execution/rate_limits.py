"""``--rate-limit``: how many calls an account and a token may make, and the buckets that keep it so."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchctl.engine.backends.throttled import Limit
from batchctl.engine.backends.token_bucket import TokenBucket
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.truto.connection import Connection

PERIOD_S = 10
# What Truto allows in that time.
_ACCOUNT, _TOKEN = 50, 500
_OFF = "off"
_COUNTS = re.compile(r"([1-9]\d{0,6})(?:,([1-9]\d{0,6}))?")


def rate_limits(option: str | None, connection: Connection, account: str) -> list[Limit]:
    """The limits to keep, the account's first; none with ``off``, nor on other hosts than Truto's unless given.

    Raises ``UsageError`` for what is neither ``off`` nor one or two whole numbers.
    """
    if option == _OFF or (option is None and not _is_truto(connection.api_url)):
        return []
    counts = _COUNTS.fullmatch(option if option is not None else f"{_ACCOUNT},{_TOKEN}")
    if counts is None:
        raise UsageError(
            "--rate-limit is ACCOUNT or ACCOUNT,TOKEN in calls per 10 s, or off", hint="for example 50,500"
        )
    per_account, per_token = int(counts[1]), int(counts[2] or _TOKEN)
    return [
        Limit(f"{per_account} calls per {PERIOD_S} s and account", _bucket("account", account, per_account)),
        Limit(f"{per_token} calls per {PERIOD_S} s and token", _bucket("token", connection.token, per_token)),
    ]


def _is_truto(api_url: str) -> bool:
    host = urlsplit(api_url).hostname or ""
    return host == "truto.one" or host.endswith(".truto.one")


@cache
def _bucket(_kind: str, _owner: str, tokens: int) -> TokenBucket:
    """One bucket per owner in this process: the rows of ``--each`` share it."""
    return TokenBucket(tokens, PERIOD_S)
