"""The previews of many rows in numbers, and how long their calls take at least."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from batchctl.structs import Struct, field
from batchctl.truto.limits import least_seconds, least_seconds_of_all

if TYPE_CHECKING:
    from batchctl.plan.preview import Preview


class RowTotals(Struct):
    """``known`` requests are sure to be made; ``complete`` rows make no others; ``calls`` counts them by account."""

    rows: int = 0
    requests: int = 0
    known: int = 0
    complete: int = 0
    writes: int = 0
    deletes: int = 0
    lists: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def add(self, account: str, preview: Preview) -> None:
        """Count a row, whose calls go to ``account``."""
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
        """How many seconds the known requests take at least: no limit lets them through faster."""
        return max(self._account_s, least_seconds_of_all(self.known))

    @property
    def limited_by(self) -> Literal["account", "token"] | None:
        """Whose limit that is; None where none makes them wait."""
        if not self.least_s:
            return None
        return "account" if self._account_s >= least_seconds_of_all(self.known) else "token"

    @property
    def _account_s(self) -> int:
        return least_seconds(max(self.calls.values(), default=0))
