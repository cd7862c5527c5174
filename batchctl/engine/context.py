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
    """The first error ends the run, as ``fail_fast`` asks."""


class Peer(Protocol):
    """A node as the others see it."""

    key: str
    rank: int
    queued: bool

    def take(self) -> Awaitable[None] | None:
        """The next piece of work, or None when there is none at the moment."""

    @property
    def records(self) -> Collection[JsonValue]:
        """All its records in order, or the first few of a node that nobody reads any more."""

    @property
    def count(self) -> int:
        """How many records there are."""

    @property
    def is_lost(self) -> bool:
        """Whether it brought nothing but errors."""

    def items(self) -> Iterator[Item]:
        """Its records in order, with their lineage, when it is done."""

    def branches(self) -> Iterator[Mapping[str, Item]]:
        """The records that it made something for, a branch each."""

    def receive(self, page: Page) -> None:
        """Take a page of a parent that streams."""

    def parent_finished(self, key: str) -> None:
        """Hear that a parent is done."""


class Annotator(Protocol):
    """An add_context, as the node sees it whose records it adds to."""

    key: str

    async def annotate(self, page: Page) -> Page:
        """The page with what it adds; a record for which it fails is left out."""

    def settle(self) -> None:
        """Be finished if nothing is left to do and nothing will come."""


class Additions(Protocol):
    """What an add_context added to the run or to branches."""

    def of(self, bound: Mapping[str, Item]) -> JsonObject:
        """What was added to the branch of these records."""


class Context:
    """What the nodes of one run share. ``nodes`` and ``additions`` are filled by the executor and the nodes."""

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
        """The number of a new call."""
        self._serial += 1
        return self._serial

    def failed(self) -> None:
        """Hear of an error. Raises ``Stopped`` where the first one ends the run."""
        self.errors += 1
        if self.options.fail_fast:
            raise Stopped

    def list_of(self, key: str) -> list[JsonValue]:
        """All records of a node that is done, as expressions see them."""
        if key not in self._lists:
            self._lists[key] = list(self.nodes[key].records)
        return self._lists[key]

    def records_of(self, key: str, number: int) -> Records:
        """Where node ``key``, the ``number``-th of the plan, puts its records."""
        kept = key in self.flows.kept_lists
        return Records(self._spill, number, keep=self.options.keep_records, first_few=not kept)
