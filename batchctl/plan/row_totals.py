"""The previews of many rows in numbers, and how long their calls take at least."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from batchctl.structs import Struct, field
from batchctl.truto.limits import least_seconds, least_seconds_of_all

if TYPE_CHECKING:
    from batchctl.plan.preview import Preview


class RowTotals(Struct):
    """The counts of the previews of many rows together: of ``requests`` shown, and of those certain to be made.

    The latter are ``known``; ``complete`` of the ``rows`` make no others. ``calls`` counts the known requests by the
    account's id. ``writes`` of the requests may change data, ``deletes`` of these delete, ``lists`` may go on over
    several pages.
    """

    rows: int = 0
    requests: int = 0
    known: int = 0
    complete: int = 0
    writes: int = 0
    deletes: int = 0
    lists: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def add(self, account: str, preview: Preview) -> None:
        """Add the preview of one row; ``account`` is the id of the account that its calls are for."""
        totals = preview.totals()
        self.rows += 1
        self.requests += totals.requests
        self.known += totals.known
        self.complete += preview.complete
        self.writes += totals.writes
        self.deletes += totals.deletes
        self.lists += totals.lists
        self.calls[account] += totals.known

    @property
    def least_s(self) -> int:
        """How many seconds the known requests take at least by Truto's rate limits, in steps of 10.

        These allow 50 calls in 10 s for an account, and 500 for a token.
        """
        return max(self._account_s, least_seconds_of_all(self.known))

    @property
    def limited_by(self) -> Literal["account", "token"] | None:
        """Which rate limit determines ``least_s``, the account's (also where both do) or the token's; None for 0."""
        if not self.least_s:
            return None
        return "account" if self._account_s >= least_seconds_of_all(self.known) else "token"

    @property
    def _account_s(self) -> int:
        return least_seconds(max(self.calls.values(), default=0))
