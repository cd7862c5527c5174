"""``run --each --to``: the records of each row to the destinations, before the row counts as done."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

from batchctl.destinations.choosing import has_one_writer, place_below
from batchctl.destinations.receivers import Receivers
from batchctl.engine.result import Failed, Skipped
from batchctl.errors import BatchctlError
from batchctl.execution.batch_delivery import BatchDelivery, DeliveryCounts
from batchctl.execution.row_end import row_folder
from batchctl.json_types import write_json
from batchctl.structs import Struct, field, replace
from batchctl.truto.envelope import undelivered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.engine.result import Outcome, RunResult
    from batchctl.execution.row_end import Row
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan

DeliverRow: TypeAlias = Callable[["Row", "Plan", "RunResult", str | None], Awaitable["RunResult"]]
"""Delivers a row's records: gets the row, its plan, its result, and the id of the recorded run (None: not recorded).

It returns the result to record for the row.
"""

# The digits of a row's folder: the same when rows are added before the run is resumed.
_DIGITS = 5
_MAX_SENTENCES = 5


class RowDeliveries(Struct):
    """Delivers the records of each row to the places in ``to``, with a ``BatchDelivery``; ``counts`` are of all rows.

    Below ``dir:PATH`` each row gets a folder; tables and webhooks get the row's account. ``secret`` signs what webhooks
    get. ``turn`` is a lock: one row at a time writes to a file that can only have one writer. ``receivers`` is what all
    rows know of the hosts of webhooks. Its method ``deliver`` can be passed to ``run_rows``.
    """

    to: Sequence[str]
    secret: str
    counts: DeliveryCounts = field(default_factory=DeliveryCounts)
    _own_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    turn: AbstractAsyncContextManager[object] = field(default_factory=asyncio.Lock)
    receivers: Receivers = field(default_factory=Receivers)

    @classmethod
    def of(cls, plan: Plan, to: Sequence[str], secret: str) -> RowDeliveries:
        """The deliveries for rows; ``plan`` is that of any row.

        ``to`` are places as in ``--to``, ``URL`` for all nodes or ``NAME=URL`` for one; ``secret`` is the key that
        signs what webhooks get. Raises ``UsageError`` for a name that is not in the result, and a URL that is not known
        or can't be used.
        """
        BatchDelivery.of(plan, to, secret)
        return cls(to, secret)

    async def deliver(self, row: Row, plan: Plan, result: RunResult, run_id: str | None) -> RunResult:
        """Deliver the records of a row and add to ``counts``; the result to record for the row is returned.

        In that result a failed delivery is an error of its resource, and a destination that can't be used one of every
        resource; nothing is raised for them. ``plan`` is the row's, ``run_id`` the id under which the run of all rows
        is recorded, None where it is not.
        """
        result, counts = await self.delivered(row, plan, result, run_id)
        self.counts.add(counts)
        return result

    async def delivered(
        self, row: Row, plan: Plan, result: RunResult, run_id: str | None
    ) -> tuple[RunResult, DeliveryCounts]:
        """Deliver the records of a row: the result to record for it, and the counts, which are not added to ``counts``.

        In that result a failed delivery is an error of its resource, and a destination that can't be used one of every
        resource; nothing is raised for them. ``plan`` is the row's, ``run_id`` the id under which the run of all rows
        is recorded, None where it is not.
        """
        async with self.turn if any(map(has_one_writer, self.to)) else nullcontext():
            counts = await self._delivered(row, plan, result, run_id)
        return with_undelivered(result, counts.failed), counts

    async def _delivered(self, row: Row, plan: Plan, result: RunResult, run_id: str | None) -> DeliveryCounts:
        folder = row_folder(row.number, row.account, _DIGITS)
        try:
            to = [place_below(each, folder) for each in self.to]
            delivery = BatchDelivery.of(plan, to, self.secret, place=_place(row), receivers=self.receivers)
            delivery.run.id = run_id or self._own_id
            delivery.run.facts["meta"] = {"row": row.number, "account": delivery.run.account or None}
            return await delivery.deliver(result)
        except BatchctlError as error:
            names = [key for key, step in plan.steps.items() if step.node.in_result]
            return DeliveryCounts(failed={name: [str(error)] for name in names})


def _place(row: Row) -> str:
    """What tells the row's deliveries from those of the others: the same in every run of the rows."""
    text = write_json([row.account, row.args, row.occurrence])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16] + "."


def with_undelivered(result: RunResult, failed: Mapping[str, Sequence[str]]) -> RunResult:
    """``result`` with an error added to the outcome of each node that has a failed delivery, which is then ``Failed``.

    ``failed`` has the sentences that say why, by the node's key; at most five different ones of each are added. A node
    that was skipped stays so. ``result`` itself is not changed.
    """
    if not failed:
        return result
    errors: dict[str, list[JsonValue]] = {
        key: [undelivered(each) for each in list(dict.fromkeys(sentences))[:_MAX_SENTENCES]]
        for key, sentences in failed.items()
    }
    outcomes = {
        key: _failed(outcome, errors[key]) if key in errors else outcome for key, outcome in result.outcomes.items()
    }
    raw = None if result.raw is None else {**result.raw, "errors": _joined(result.raw.get("errors"), errors)}
    return replace(result, outcomes=outcomes, raw=raw)


def _failed(outcome: Outcome, errors: list[JsonValue]) -> Outcome:
    if isinstance(outcome, Skipped):
        return outcome
    before = outcome.errors if isinstance(outcome, Failed) else []
    return Failed([*before, *errors], records=outcome.records, total=outcome.total, work=outcome.work)


def _joined(before: object, errors: Mapping[str, list[JsonValue]]) -> JsonObject:
    """The errors of a service's answer, and these."""
    joined: JsonObject = dict(before) if isinstance(before, dict) else {}
    for key, more in errors.items():
        had = joined.get(key)
        joined[key] = [*(had if isinstance(had, list) else [] if had is None else [had]), *more]
    return joined
