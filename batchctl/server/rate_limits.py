"""How many calls an account and a token may make in ten seconds, as the service counts them.

Truto allows 50 per integrated account and 500 per token, answers 429 with ``Retry-After``, and tells on ``/unified``
and ``/proxy`` in ``ratelimit-limit``, ``ratelimit-remaining`` and ``ratelimit-reset`` (its page "Rate limits").
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.server.request import Refusal
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable

PERIOD_S = 10
# So many owners are counted; who asks with ever new tokens does not fill the memory.
_MAX_OWNERS = 10_000
_COUNTS = lazy_regex(r"([1-9]\d{0,6}),([1-9]\d{0,6})")


class RateLimits(Struct):
    """Counts calls against rate limits: how many an account and a token may make in ten seconds.

    These are ``per_account`` and ``per_token``. The ten seconds begin with the first call. ``clock`` returns seconds
    that never go back.
    """

    per_account: int
    per_token: int
    clock: Callable[[], float] = time.monotonic
    _windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> RateLimits:
        """The limits in ``50,500``: calls per ten seconds for an account and for a token.

        Raises ``UsageError`` for text in any other form.
        """
        counts = _COUNTS.fullmatch(text)
        if counts is None:
            raise UsageError("--rate-limit is ACCOUNT,TOKEN in calls per 10 s", hint="for example 50,500")
        return cls(int(counts[1]), int(counts[2]))

    def count(self, token: str, account: str | None) -> dict[str, str]:
        """Count a call for ``token``, and for ``account`` (an id; None: for none); the headers for its response.

        They are ``ratelimit-limit``, ``ratelimit-remaining`` and ``ratelimit-reset`` of the account, none without one.
        Raises ``Refusal`` (429) for a call beyond a limit. ``ratelimit-reset`` is in seconds from now.
        """
        self._take(("token", token), self.per_token)
        return self._take(("account", account), self.per_account) if account else {}

    def _take(self, owner: tuple[str, str], most: int) -> dict[str, str]:
        now = self.clock()
        began, count = self._windows.get(owner, (now, 0))
        if now - began >= PERIOD_S:
            began, count = now, 0
        if owner not in self._windows and len(self._windows) >= _MAX_OWNERS:
            del self._windows[next(iter(self._windows))]
        reset = str(math.ceil(began + PERIOD_S - now))
        headers = {"ratelimit-limit": f"{most};w={PERIOD_S}", "ratelimit-reset": reset}
        if count >= most:
            refused = {**headers, "ratelimit-remaining": "0", "retry-after": reset}
            raise Refusal(429, f"more than {most} calls in {PERIOD_S} s for this {owner[0]}", refused)
        self._windows[owner] = began, count + 1
        return {**headers, "ratelimit-remaining": str(most - count - 1)}
