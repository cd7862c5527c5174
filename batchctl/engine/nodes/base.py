"""What all nodes of a run have in common: waiting for parents, passing pages on, failing, being done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Coroutine
from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode, WithExpression
from batchctl.engine.accepting import accepts, accepts_all
from batchctl.engine.events import ErrorNoted, Evaluated, ResourceFinished, ResourceStarted
from batchctl.engine.failures import skip_notice
from batchctl.engine.lists import Lists
from batchctl.engine.nodes.after_events import AfterEvents
from batchctl.engine.nodes.expressions import Expressions
from batchctl.engine.nodes.gathering import gathered
from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded, Work
from batchctl.plan.expansion import Scope
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterator, Mapping

    from batchctl.engine.context import Annotator, Context, Peer
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Item, Key, Page
    from batchctl.engine.nodes.gathering import Gathered
    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step


class NodeRun(AfterEvents, Expressions, ABC):
    """A node while the run executes: it waits for its parents, works, passes pages on, and ends with an outcome.

    ``step`` is the node in the plan, ``flow`` what it gets from others, ``rank`` a number that is larger further
    downstream. A subclass for each kind of node supplies ``work`` and ``is_idle``. Parents call ``receive`` and
    ``parent_finished``, the scheduler ``take``, which calls ``work``; ``outcome`` is None until it has finished.
    """

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        self.key = step.node.key
        self.step = step
        self.flow = flow
        self.context = context
        self.rank = rank
        self.queued = False
        self.outcome: Outcome | None = None
        # Nodes that take its pages as they come, and all that want to know when it is done.
        self.readers: list[Peer] = []
        self.dependents: list[Peer] = []
        # The add_context nodes that add to its records, in the order of the file.
        self.annotators: list[Annotator] = []
        self.kept: list[Page] | None = None
        self.inbox: deque[Page] = deque()
        self._records = context.records_of(self.key, rank)
        self._errors: list[tuple[Key, JsonValue]] = []
        self._awaited = set(flow.waits)
        self._streams = set(flow.streams)
        self._answered = 0
        self.has_left_out = False
        self._started_s: float | None = None

    # What a kind of node adds.

    @abstractmethod
    def work(self) -> Awaitable[None] | None:
        """The next piece of work, to be awaited, or None when there is nothing to do now.

        It is asked for only after all nodes in ``flow.waits`` have finished.
        """

    @abstractmethod
    def is_idle(self) -> bool:
        """Whether all input that has come so far is processed, and no work is in progress."""

    def figures(self) -> Work:
        """What the node has used so far: seconds, and for a request the numbers of calls, pages and retries, too."""
        return Work(elapsed_s=self.elapsed_s)

    @property
    def records(self) -> Collection[JsonValue]:
        """The node's records in order; only the first 50 where neither another node nor the result needs them."""
        return self._records

    @property
    def count(self) -> int:
        """How many records the node has brought so far, also those that are not in ``records`` any more."""
        return self._records.count

    def branches(self) -> Iterator[Mapping[str, Item]]:
        """The combinations of records for which calls were made: for each a mapping from the node's key to its record.

        For any node but a request these are the combinations of the nodes whose pages it gets.
        """
        for source in self.flow.streams:
            yield from self.context.nodes[source].branches()

    def items(self) -> Iterator[Item]:
        """Its records in order, each with those it was made from; empty where no other node needs them."""
        for page in self.kept or ():
            yield from page.items()

    # What the scheduler and the parents call.

    def take(self) -> Awaitable[None] | None:
        """The next piece of work, to be awaited; None when there is none now.

        Where no work is left and none will come, this also marks the node as finished.
        """
        if self.outcome is not None or self._awaited:
            return None
        if self._is_blocked or self._has_no_part:
            self.inbox.clear()
        else:
            work = self.work()
            if work is not None:
                try:
                    self.begin()
                except BaseException:
                    # An observer may raise anything, and Python warns of a coroutine that nobody awaits.
                    if isinstance(work, Coroutine):
                        work.close()
                    raise
                return work
        self.settle()
        return None

    def settle(self) -> None:
        """Mark the node as finished, if it has no work left and none will come; otherwise do nothing."""
        if self.outcome is None and not self._streams and (self._is_blocked or self._has_no_part or self.is_idle()):
            self._conclude()

    def receive(self, page: Page) -> None:
        """Queue a page of records from a node that this one depends on, to be worked on while that one goes on."""
        self.inbox.append(page)
        self.context.scheduler.ready(self)

    def parent_finished(self, key: str) -> None:
        """Note that the node ``key``, on which this one depends, has finished."""
        self._awaited.discard(key)
        self._streams.discard(key)
        self.context.scheduler.ready(self)

    @property
    def has_errors(self) -> bool:
        """Whether the node has met an error so far."""
        return bool(self._errors)

    def break_off(self) -> None:
        """End the node where it is, unless it has finished; its dependents get ``parent_finished``, as if it had."""
        self.queued = False
        if self.outcome is None:
            self.outcome = self.unfinished()
            for dependent in self.dependents:
                dependent.parent_finished(self.key)

    def unfinished(self) -> Outcome:
        """The outcome of a node that had not finished when the run stopped: failed with errors, else not reached."""
        if not (failed := self._failed()).accepted:
            return failed
        return NotReached(records=self.records, total=self.count, work=self.figures(), errors=failed.errors)

    # What the kinds of node use.

    @property
    def elapsed_s(self) -> float:
        """Seconds since the node's first piece of work began; 0 before that."""
        return 0.0 if self._started_s is None else self.context.now() - self._started_s

    def scope(self, bound: Mapping[str, Item], source: str | None, account: str | None = None) -> Scope:
        """What the node's templates and expressions can read for one page or call.

        ``bound`` are the records that it is made for, by node; ``source`` is the node that the page comes from, None
        without a page; ``account`` is the id of the page's integrated account, None for the run's own. Raises
        ``AccountUnread`` for one whose context has not been fetched yet.
        """
        records = {key: item.record for key, item in bound.items()}
        if isinstance(self.step.node, SyncNode):
            records = {**self._states(), **records}
        return Scope(self.context.args, records, extra=self.names_for(bound, account), lists=self.lists(source, {}))

    def _states(self) -> dict[str, JsonValue]:
        """The states before a node of a sync job that makes no calls: each is one record, whatever page it is about."""
        plan = self.context.plan
        above = (plan.graph.nodes[key] for key in plan.graph.ancestors(self.key))
        states = [node.key for node in above if node.kind == "get_state"]
        return {key: record for key in states for record in self.context.nodes[key].records}

    def names_for(self, bound: Mapping[str, Item], account: str | None) -> JsonObject:
        """The names and values that are read beside arguments and records: the account's context, and what was added.

        ``account`` is the integrated account's id, None for the run's own. Added are the keys of add_context nodes, to
        the whole run and to the records ``bound`` (by node). Raises ``AccountUnread`` for an account whose context has
        not been fetched yet.
        """
        extra = dict(self.context.accounts.of(self.key, account))
        for key in self.flow.contexts:
            extra.update(self.context.additions[key].of(bound))
        for item in bound.values():
            extra.update(item.added)
        return extra

    def gather(self) -> deque[Gathered]:
        """The pages that have come, put together by branch; for a node whose parents have finished."""
        groups = deque(gathered(self.inbox, self.branches(), self.flow.branch, self.flow.streams))
        self.inbox.clear()
        return groups

    def show_evaluation(self, data: JsonObject, value: object) -> None:
        """Report, where the node has ``debug: true``, that its expression gave ``value`` for ``data``."""
        if self.context.observed and isinstance(self.step.node, WithExpression) and self.step.node.debug:
            self.context.tell(Evaluated(self.key, data, None if value is UNDEFINED else value, self.context.now()))

    def begin(self) -> None:
        """Note when the node's work begins, and report that it has started; only the first call has an effect."""
        if self._started_s is None:
            self._started_s = self.context.now()
            self.context.tell(ResourceStarted(self.key, self._started_s))

    async def emit(self, page: Page) -> None:
        """Pass a page of this node's records on to the nodes that read it, with the keys of add_context nodes added.

        Raises ``AccountUnreadable`` where those nodes read the context of the page's account and it can't be fetched.
        """
        if page.account is not None and self._feeds_others:
            await self.context.accounts.read(page.account)
            self.context.accounts.known(page.account)
        if not self._count(page):
            return
        for annotator in self.annotators:
            page = await annotator.annotate(page)
        self._hand_on(page)

    def emit_at_once(self, page: Page) -> bool:
        """Pass ``page`` on as ``emit`` does, and return True, where nothing has to be awaited; else return False."""
        if self.annotators or page.account is not None:
            return False
        if self._count(page):
            self._hand_on(page)
        return True

    def _count(self, page: Page) -> bool:
        """Keep its records; whether there is something to pass on."""
        self._answered += 1
        if page.records:
            self._records.add(page.key, page.records)
        return bool(page.records) or self.flow.gathers

    def _hand_on(self, page: Page) -> None:
        if self.kept is not None:
            self.kept.append(page)
        for reader in self.readers:
            reader.receive(page)

    @cached_property
    def _feeds_others(self) -> bool:
        """Whether a node that takes its pages is about accounts that only the run tells."""
        takers = [*(node.key for node in self.readers), *(node.key for node in self.annotators)]
        return any(map(self.context.accounts.are_late, takers))

    def fail(self, key: Key, entry: JsonValue) -> None:
        """Add ``entry``, an error in the form of a response's ``errors``; ``key`` is its place in their order.

        Raises ``Stopped`` with the option ``fail_fast``, unless the node accepts the error (``x-accept``).
        """
        self._errors.append((key, entry))
        if self.context.observed:
            self.context.tell(ErrorNoted(self.key, entry, self.context.now()))
        if not accepts(self.step.node, entry):
            self.context.failed()

    def lists(self, source: str | None, ready: Mapping[str, list[JsonValue]]) -> Lists:
        """The lists of records, by node, that the node's expressions can read for a page of the node ``source``.

        ``source`` is None where there is no page. The lists ``ready`` (by node) come first; others are loaded when an
        expression reads them.
        """
        return Lists(ready, self.flow.lists.get(source, ()), self.context.list_of)

    @cached_property
    def _is_blocked(self) -> bool:
        """Whether it can't run, as far as the nodes that it waited for tell; asked when these are done."""
        if not self.flow.streams:
            return bool(self._lost_parents())
        return any(self.context.nodes[node].is_lost for node in self._read)

    @property
    def _read(self) -> tuple[str, ...]:
        """The nodes without whose records it can do nothing."""
        return (*(fan_out.node for fan_out in self.step.fan_outs), *self.flow.contexts)

    @property
    def is_lost(self) -> bool:
        """Whether the node was skipped, or ended with errors (not accepted ones) and without a single answer."""
        if isinstance(self.outcome, Failed):
            return not self._answered and not self.outcome.accepted
        return isinstance(self.outcome, Skipped)

    def _conclude(self) -> None:
        because = self._lost_parents()
        if because:
            self._finish(Skipped(because, [skip_notice(because)]))
            return
        self.begin()
        if self.kept:
            self.kept.sort(key=lambda page: page.key)
        self._finish(
            self._failed() if self._errors else Succeeded(records=self.records, total=self.count, work=self.figures())
        )

    def _failed(self) -> Failed:
        errors = [entry for _key, entry in sorted(self._errors, key=lambda pair: pair[0])]
        accepted = accepts_all(self.step.node, errors)
        return Failed(errors, accepted, records=self.records, total=self.count, work=self.figures())

    def _finish(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.context.tell(ResourceFinished(self.key, outcome, self.context.now()))
        for dependent in self.dependents:
            dependent.parent_finished(self.key)
        for annotator in self.annotators:
            # So that those that wait for both know how it ended when they start.
            annotator.settle()

    def _lost_parents(self) -> tuple[str, ...]:
        """Why it can't run: all of its parents brought nothing but errors, or one that it reads did."""
        nodes = self.context.nodes
        lost = tuple(parent for parent in self.step.parents if nodes[parent].is_lost)
        if lost and len(lost) == len(self.step.parents):
            return lost
        return tuple(node for node in self._read if nodes[node].is_lost)
