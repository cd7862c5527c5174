"""What the nodes of one run share: the plan, the backend, the scheduler, the clock, and one another's records.

Nodes know this context and not each other's kinds; ``executor`` makes them and puts them in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.engine.account_roots import AccountRoots
from batchctl.engine.events import ignore
from batchctl.engine.records import Records
from batchctl.engine.remarks import RunRemarks
from batchctl.engine.scheduler import Scheduler
from batchctl.engine.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping

    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Event, Observer
    from batchctl.engine.flow import Flows
    from batchctl.engine.lineage import Item, Page
    from batchctl.engine.options import RunOptions
    from batchctl.engine.outlets import Outlets
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan


class Stopped(Exception):
    """Ends the run at its first error, with the option ``fail_fast``."""


class Peer(Protocol):
    """A node of the run, as the other nodes use it.

    ``key`` is its name, ``rank`` its place in the plan, which increases downstream; ``queued``: the scheduler has it in
    its queue.
    """

    key: str
    rank: int
    queued: bool

    def take(self) -> Awaitable[None] | None:
        """The next piece of work, or None when there is none at the moment."""

    @property
    def records(self) -> Collection[JsonValue]:
        """All its records in order; only the first few where no other node reads them any more."""

    @property
    def count(self) -> int:
        """How many records there are."""

    @property
    def is_lost(self) -> bool:
        """Whether it ended with errors and without a single answer."""

    def items(self) -> Iterator[Item]:
        """Its records in order, with their lineage, when it is done."""

    def branches(self) -> Iterator[Mapping[str, Item]]:
        """The records (by node) that it made calls for, one mapping per branch."""

    def receive(self, page: Page) -> None:
        """Take a page of a parent that passes pages on as they come."""

    def parent_finished(self, key: str) -> None:
        """Be notified that the parent ``key`` has finished."""


class Annotator(Protocol):
    """An add_context node, as used by the node to whose records it adds keys."""

    key: str

    async def annotate(self, page: Page) -> Page:
        """The page with the added keys; a record for which the expression fails is left out."""

    def settle(self) -> None:
        """Finish, if there is no work left and none will come."""


class Additions(Protocol):
    """The keys that an add_context node has added to the run or to branches."""

    def of(self, bound: Mapping[str, Item]) -> JsonObject:
        """The keys added to the branch of the records ``bound`` (by node)."""


class Context:
    """What the nodes of one run share. ``nodes`` and ``additions`` are filled by the executor and the nodes.

    ``clock`` returns seconds that never go back.
    """

    def __init__(
        self,
        plan: Plan,
        flows: Flows,
        backend: Backend,
        observer: Observer,
        clock: Callable[[], float],
        options: RunOptions,
        outlets: Outlets | None = None,
    ) -> None:
        self.plan = plan
        self.flows = flows
        self.backend = backend
        self.options = options
        # Where a sync job keeps its state and puts its records; a batch has none.
        self.outlets = outlets
        self.args = plan.definition.args
        self.accounts = AccountRoots(options)
        self.scheduler = Scheduler(options.concurrency)
        self.nodes: dict[str, Peer] = {}
        self.additions: dict[str, Additions] = {}
        self.remarks = RunRemarks()
        # Whether anyone listens: reporting costs time with every call.
        self.observed = observer is not ignore
        self._observer = observer
        self._clock = clock
        self._began_s = clock()
        self.errors = 0
        # The events of a sync job that came true.
        self.fired: set[str] = set()
        # The destinations that have more pages than they can deliver: no new page is fetched meanwhile.
        self.congested: set[str] = set()
        self._serial = 0
        self._lists: dict[str, list[JsonValue]] = {}
        self._spill = Spill()

    def now(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._began_s

    def tell(self, event: Event) -> None:
        """Pass an event on to the observer."""
        self._observer(event)

    def next_serial(self) -> int:
        """The next number for a call, from 1."""
        self._serial += 1
        return self._serial

    def failed(self) -> None:
        """Count an error. Raises ``Stopped`` where the option ``fail_fast`` ends the run at the first one."""
        self.errors += 1
        if self.options.fail_fast:
            raise Stopped

    def list_of(self, key: str) -> list[JsonValue]:
        """All records of the finished node ``key``, as a list for expressions."""
        if key not in self._lists:
            self._lists[key] = list(self.nodes[key].records)
        return self._lists[key]

    def records_of(self, key: str, number: int) -> Records:
        """A new store for the records of node ``key``, which is the ``number``-th of the plan."""
        kept = key in self.flows.kept_lists
        return Records(self._spill, number, keep=self.options.keep_records, first_few=not kept)
