"""How long to wait before a request is sent again: Retry-After where the other side says so, else full jitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Answers after which the same request may succeed: rate limits and gateways that got no clean answer.
RETRYABLE = frozenset({429, 500, 502, 504})
# Truto's own answers to a rate limit ask for so many seconds.
RATE_LIMIT_WAIT_S = 10.0
_SECONDS = lazy_regex(r"\d{1,9}(?:\.\d{1,6})?")


class Backoff(Struct, frozen=True):
    """How often a request is sent again, and how long to wait before each retry.

    There are up to ``retries`` retries. The n-th comes after a random time up to ``base_s`` doubled n times (by default
    1, 2 and 4 s), never more than ``cap_s`` seconds.
    """

    retries: int = 3
    base_s: float = 0.5
    cap_s: float = 60.0

    def wait_s(self, attempt: int, status: int, retry_after_s: float | None, random: Callable[[], float]) -> float:
        """Seconds to wait before retry number ``attempt`` (from 1), after a response with ``status`` (0 without one).

        ``retry_after_s``, which the service asks for, is used where it is not None, and 10 s after status 429 where it
        is, both up to ``cap_s``. Otherwise it is ``random()``, a number from 0 to 1, times ``base_s`` doubled
        ``attempt`` times, or times ``cap_s`` where that is less.
        """
        if retry_after_s is None and status == 429:
            retry_after_s = RATE_LIMIT_WAIT_S
        if retry_after_s is not None:
            return min(retry_after_s, self.cap_s)
        return random() * min(self.cap_s, self.base_s * 2.0 ** min(attempt, 32))


def asked_wait_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """The seconds that a response asks to wait: its ``Retry-After``, else its ``ratelimit-reset``; None for neither.

    Names of ``headers`` are in lower case. Truto gives every vendor's limits in ``ratelimit-*`` headers (its reference,
    "Rate limits"): ``ratelimit-remaining`` calls until ``ratelimit-reset`` seconds have passed; the latter is taken
    even where calls remain. ``now_s`` is the current Unix time in seconds.
    """
    asked_s = retry_after_s(headers.get("retry-after"), now_s)
    if asked_s is not None:
        return asked_s
    reset = headers.get("ratelimit-reset", "").strip()
    return float(reset) if _SECONDS.fullmatch(reset) else None


def exhausted_s(headers: Mapping[str, str]) -> float:
    """For how many seconds the vendor's rate limit is used up, by the headers of a response (names in lower case).

    0 where calls remain, or where the headers don't say.
    """
    if headers.get("ratelimit-remaining", "").strip() != "0":
        return 0.0
    reset = headers.get("ratelimit-reset", "").strip()
    return float(reset) if _SECONDS.fullmatch(reset) else 0.0


def retry_after_s(header: str | None, now_s: float) -> float | None:
    """The seconds in a ``Retry-After`` header: a number, or a date (RFC 9110, 10.2.3); None for anything else.

    A date that has passed gives 0. ``now_s`` is the current Unix time in seconds.
    """
    if header is None:
        return None
    text = header.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - nearly all say a number

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now_s)
    except (ValueError, OverflowError):
        return None
