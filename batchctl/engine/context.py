"""What the nodes of one run share: the plan, the backend, the scheduler, the clock, and one another's records.

Nodes know this context and not each other's kinds; ``executor`` makes them and puts them in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.engine.account_roots import AccountRoots
from batchctl.engine.backends.base import immediate_answers
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
    """Raised to end the run at its first error, where the option ``fail_fast`` asks for that."""


class Peer(Protocol):
    """One node while the run executes, as the other nodes and the scheduler use it.

    ``key`` is its name in the file, ``rank`` a number that is larger for nodes further downstream; ``queued`` is True
    while the scheduler has it in its queue. ``has_left_out`` says whether its ``run_if`` has been false.
    """

    key: str
    rank: int
    queued: bool
    has_left_out: bool

    def take(self) -> Awaitable[None] | None:
        """The next piece of work, to be awaited; None when there is nothing to do at the moment."""

    @property
    def records(self) -> Collection[JsonValue]:
        """Its records in the order of its calls; only the first 50 where no other node and no result needs them."""

    @property
    def count(self) -> int:
        """How many records the node has brought, also those that are not in ``records`` any more."""

    @property
    def is_lost(self) -> bool:
        """Whether the node was skipped, or ended with errors (not accepted ones) and without a single answer."""

    @property
    def is_due(self) -> bool:
        """Whether it may do its work: every ``event`` node of a sync job that it comes after has come true.

        Such an event is the start, the success or the failure of the run. It is asked once this node has finished: one
        that was not due has finished without doing anything.
        """

    def items(self) -> Iterator[Item]:
        """The node's records in order, each with the records that it was made from; complete once it has finished."""

    def branches(self) -> Iterator[Mapping[str, Item]]:
        """The combinations of records for which the node made calls, each a mapping from a node's key to its record."""

    def receive(self, page: Page) -> None:
        """Queue a page of records from a node that this one depends on, to be worked on while that one goes on."""

    def parent_finished(self, key: str) -> None:
        """Note that the node ``key``, on which this one depends, has finished."""


class Annotator(Protocol):
    """An add_context node, as the node uses it to whose records it adds keys. ``key`` is its name in the file."""

    key: str

    async def annotate(self, page: Page) -> Page:
        """The page with the keys added to its records, of which those are left out for which the expression fails.

        Raises ``Stopped`` for such a failure with the option ``fail_fast``.
        """

    def settle(self) -> None:
        """Mark the node as finished if it has no work left and none will come; otherwise do nothing."""


class Additions(Protocol):
    """The keys that one add_context node has added to the whole run, or to all records made from one record."""

    def of(self, bound: Mapping[str, Item]) -> JsonObject:
        """The keys and values added for what is made from the records ``bound`` (by node); empty without any."""


class Context:
    """What all nodes of one run share: the plan, the backend, the options, the scheduler, and each other's records.

    ``nodes`` (by key) and ``additions`` (of add_context nodes, by key) are filled while the run is set up. ``outlets``
    are where a sync job keeps state and delivers records, None for a batch. ``clock`` returns seconds that never go
    back; the run begins when the object is made.
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
        self.immediate = immediate_answers(backend)
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
        """The number of the next call in the run: 1 the first time, and one more each time."""
        self._serial += 1
        return self._serial

    def failed(self) -> None:
        """Count an error of the run, one that its node does not accept.

        Raises ``Stopped`` with the option ``fail_fast``, which ends the run at the first error.
        """
        self.errors += 1
        if self.options.fail_fast:
            raise Stopped

    def begin_end(self) -> None:
        """Forget the work that was under way when the run was stopped, so that what is done at its end can begin."""
        self.scheduler = Scheduler(self.options.concurrency)
        self.congested.clear()

    def list_of(self, key: str) -> list[JsonValue]:
        """All records of the node ``key``, which has finished, as a list for expressions; the same one every time."""
        if key not in self._lists:
            self._lists[key] = list(self.nodes[key].records)
        return self._lists[key]

    def records_of(self, key: str, number: int) -> Records:
        """A new, empty store for the records of node ``key``; ``number`` tells the nodes apart and must be unique."""
        kept = key in self.flows.kept_lists
        return Records(self._spill, number, keep=self.options.keep_records, first_few=not kept)
