"""``run --to``: the records of a batch's result to the destinations of a sync job."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.destinations.base import SyncRun
from batchctl.destinations.choosing import Places
from batchctl.engine.outlets import Delivery
from batchctl.errors import DeliveryFailed
from batchctl.execution.notices import RunStarted
from batchctl.structs import Struct, field
from batchctl.truto.moments import iso_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchctl.destinations.base import Destination
    from batchctl.destinations.receivers import Receivers
    from batchctl.engine.outlets import Settled
    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notice, Notify
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan

# How many records a delivery has.
PAGE = 500


class DeliveryCounts(Struct):
    """How many pages (``delivered``) and ``records`` were delivered, by the key of the node that they are of.

    ``failed`` has a sentence for each page that was not delivered, and for a destination that could not be finished, by
    the node's key, too. A node is missing in each of the three where it would have none.
    """

    delivered: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything was delivered."""
        return not self.failed

    def add(self, other: DeliveryCounts) -> None:
        """Add the counts of another run to these, and its failures."""
        for mine, theirs in ((self.delivered, other.delivered), (self.records, other.records)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        for name, sentences in other.failed.items():
            self.failed.setdefault(name, []).extend(sentences)

    def take(self, all_settled: Iterable[Settled]) -> None:
        """Count deliveries that have ended: each was stored, or failed with a sentence."""
        for settled in all_settled:
            name = settled.delivery.node
            if settled.error is not None:
                self.failed.setdefault(name, []).append(settled.error)
                continue
            self.delivered[name] = self.delivered.get(name, 0) + 1
            self.records[name] = self.records.get(name, 0) + len(settled.delivery.records)


class BatchDelivery(Struct, frozen=True):
    """Delivers the result of a batch: the records of each resource go to its destination.

    ``destinations`` are by the resource's key; a resource that is not among them is not delivered. ``run`` describes
    the run to the destinations; it gets the id of the run later, if that is recorded. ``place`` is a prefix for the
    keys of deliveries, which keeps several batches of one run apart. A delivery is made with ``of``, and used once.
    """

    plan: Plan
    run: SyncRun
    destinations: Mapping[str, Destination]
    place: str = ""

    @classmethod
    def of(
        cls, plan: Plan, to: Sequence[str], secret: str, *, place: str = "", receivers: Receivers | None = None
    ) -> BatchDelivery:
        """A delivery to the places in ``to``: ``URL`` for all nodes, or ``NAME=URL`` for the node with that key.

        A ``URL`` is what ``--to`` takes: ``dir:PATH``, ``s3://…``, ``gs://…``, ``webhook:URL``, ``postgresql://…``, or
        ``sqlite:``, ``duckdb:`` or ``parquet:`` with a path. A node for which there is none is not delivered; its own
        goes before the one for all. ``secret`` is the key of the HMAC-SHA256 that signs what webhooks get, also where
        it is empty; ``place`` is as in the class. Deliveries that share ``receivers`` share what is known of the hosts
        of webhooks; None for a new one. Raises ``UsageError`` for a name that is not in the result, and a URL that is
        not known or can't be used.
        """
        definition = plan.definition
        run = SyncRun(str(uuid.uuid4()), definition.integrated_account_id)
        places = Places(to, secret, lambda: iso_moment(datetime.now(UTC)), default=None, receivers=receivers)
        names = {key: "superquery" for key, step in plan.steps.items() if step.node.in_result}
        return cls(plan, run, places.destinations(names, run), place)

    def named_after(self, notify: Notify) -> Notify:
        """A function that passes notices on to ``notify``, and gives ``run`` the recorded run's id when one has it.

        With that id, records that a resumed run delivers again are recognised as the same.
        """

        def noted(notice: Notice, /) -> None:
            if isinstance(notice, RunStarted):
                self.run.id = notice.run_id
            notify(notice)

        return noted

    async def deliver(self, result: RunResult) -> DeliveryCounts:
        """Deliver the records of ``result`` in pages of 500, and close the destinations.

        A page that can't be delivered is part of the counts, and not raised. Raises ``DeliveryFailed`` where a
        destination can't be opened, ``RunStopped`` where a webhook asks for it.
        """
        counts = DeliveryCounts()
        try:
            for part, key, records in result.answer_lists():
                if part == "result" and key in self.destinations:
                    for delivery in _deliveries(self.plan, key, records, self.place):
                        counts.take(await self.destinations[key].deliver(delivery))
            for destination in self.destinations.values():
                counts.take(await destination.flush())
            for key, destination in self.destinations.items():
                try:
                    await destination.finish(completed=True)
                except DeliveryFailed as error:
                    counts.failed.setdefault(key, []).append(str(error))
        finally:
            for destination in self.destinations.values():
                await destination.aclose()
        return counts


def _deliveries(plan: Plan, key: str, records: Iterable[JsonValue], place: str) -> Iterator[Delivery]:
    node = plan.steps[key].node
    resource = node.resource if isinstance(node, Request) else key
    rest = iter(records)
    number = 0
    while page := list(islice(rest, PAGE)):
        yield Delivery(key, key, resource, page, {}, f"{place}{number}")
        number += 1
