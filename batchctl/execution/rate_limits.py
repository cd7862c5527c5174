"""``--rate-limit``: how many calls an account and a token may make, and the windows that keep it so."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from batchctl.engine.backends.gate import Limit, LocalGate
from batchctl.engine.backends.sliding_window import SlidingWindow
from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.truto.limits import ACCOUNT_CALLS, TOKEN_CALLS, WINDOW_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.engine.backends.gate import Gate
    from batchctl.truto.connection import Connection

_OFF = "off"
_COUNTS = lazy_regex(r"([1-9]\d{0,6})(?:,([1-9]\d{0,6}))?")
# Windows that are kept although nobody uses them at this moment: one that is full must not be forgotten.
_KEPT = 1000


class Allowance(NamedTuple):
    """How many ``calls`` an ``owner`` may make in ten seconds (None: any number); ``name`` is the limit in words.

    ``owner`` is a pair: the kind, ``account`` or ``token``, and the account's id or the token itself.
    """

    name: str
    owner: tuple[str, str]
    calls: int | None


def allowances(option: str | None, connection: Connection, account: str) -> list[Allowance]:
    """The rate limits for calls over ``connection`` for ``account`` (its id): of the account, then of the token.

    ``option`` is the value of ``--rate-limit``: calls per ten seconds as ``ACCOUNT`` or ``ACCOUNT,TOKEN``, or ``off``;
    None for Truto's own limits, which apply to Truto's hosts only. The first allowance, of any number, is always there:
    through it a 429 holds back all calls of the account. Raises ``UsageError`` for an option of another form.
    """
    any_host = Allowance("a 429 of the account", ("account", account), None)
    if option == _OFF or (option is None and not _is_truto(connection.api_url)):
        return [any_host]
    counts = _COUNTS.fullmatch(option if option is not None else f"{ACCOUNT_CALLS},{TOKEN_CALLS}")
    if counts is None:
        raise UsageError(
            "--rate-limit is ACCOUNT or ACCOUNT,TOKEN in calls per 10 s, or off", hint="for example 50,500"
        )
    per_account, per_token = int(counts[1]), int(counts[2] or TOKEN_CALLS)
    return [
        any_host,
        Allowance(f"{per_account} calls per {WINDOW_S} s and account", ("account", account), per_account),
        Allowance(f"{per_token} calls per {WINDOW_S} s and token", ("token", connection.token), per_token),
    ]


class Windows:
    """The windows that count calls, one for each owner and number of calls, so that all who share an owner share it.

    Windows that are unused and empty are dropped, so memory does not grow with the number of owners. ``clock`` returns
    seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._all: WeakValueDictionary[tuple[tuple[str, str], int | None], SlidingWindow] = WeakValueDictionary()
        self._kept: OrderedDict[tuple[tuple[str, str], int | None], SlidingWindow] = OrderedDict()

    def limits(self, allowed: Sequence[Allowance]) -> list[Limit]:
        """The limits for ``allowed``, in order, each with the window that counts its owner's calls."""
        return [Limit(each.name, self.window(each.owner, each.calls)) for each in allowed]

    def window(self, owner: tuple[str, str], calls: int | None) -> SlidingWindow:
        """The window that counts the calls of ``owner`` (kind and value) against ``calls`` per ten seconds.

        None as ``calls`` is any number: the window then only holds calls back. It is made when first asked for.
        """
        name = (owner, calls)
        found = self._all.get(name)
        if found is None:
            found = self._all[name] = SlidingWindow(calls, WINDOW_S)
        self._kept[name] = found
        self._kept.move_to_end(name)
        while len(self._kept) > _KEPT:
            oldest = next(iter(self._kept))
            if not self._kept[oldest].is_idle(self.clock()):
                break
            del self._kept[oldest]
        return found


# The rows of one process share it.
OF_THIS_PROCESS = Windows()


def gate_for(
    option: str | None, connection: Connection, account: str, gates: Callable[[Sequence[Allowance]], Gate] | None = None
) -> Gate:
    """The gate that keeps the rate limits for all runs with the same account or token, as ``--rate-limit`` has them.

    ``option`` is its value, None for the default; ``account`` is the account's id. ``gates`` makes the gate where the
    limits are shared with other processes (None: they are not). Raises ``UsageError`` for an option of another form.
    """
    allowed = allowances(option, connection, account)
    return gates(allowed) if gates is not None else LocalGate(OF_THIS_PROCESS.limits(allowed))


def _is_truto(api_url: str) -> bool:
    host = urlsplit(api_url).hostname or ""
    return host == "truto.one" or host.endswith(".truto.one")
