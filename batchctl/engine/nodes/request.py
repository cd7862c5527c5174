"""A request: bindings of its ancestors' records become calls, calls become pages."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.engine.account_roots import AccountUnread, AccountUnreadable, each_or_unreadable
from batchctl.engine.answers import is_partial, lacks_content, read_records
from batchctl.engine.evaluations import Evaluations, TooHeavy
from batchctl.engine.events import CallFailed, CallStarted, CallSucceeded, PageReceived
from batchctl.engine.failures import account_failure, call_failure, made_for, step_failure
from batchctl.engine.fields import NoValue
from batchctl.engine.lineage import Page, binding_key
from batchctl.engine.nodes.base import NodeRun
from batchctl.engine.nodes.bindings import MAX_EMPTY, Bindings
from batchctl.engine.nodes.open_call import OpenCall
from batchctl.engine.nodes.recursion import Misstep, Recursion
from batchctl.engine.paging import next_cursor
from batchctl.engine.result import Work
from batchctl.errors import CallRefused, ExpressionError, ServiceError, TemplateError
from batchctl.plan.account_names import named_accounts
from batchctl.plan.expansion import expand
from batchctl.plan.forms import WrongShape
from batchctl.plan.loops import NotAnArray
from batchctl.plan.plain_calls import PlainCalls, is_plain
from batchctl.structs import replace
from batchctl.truto.addresses import require_address

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from batchctl.engine.backends.base import Reply
    from batchctl.engine.context import Context
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Binding, Key
    from batchctl.plan.expansion import Expanded, Scope
    from batchctl.plan.planner import Step

UNMAKEABLE = (NotAnArray, WrongShape, TemplateError, ExpressionError)
# How many bindings are looked at early, for each call that is made at once.
_EARLY = 4


class RequestRun(NodeRun):
    """A request while the run executes: it makes its calls, follows their pages, and repeats them with ``recurse``.

    ``flow`` says what it gets from other nodes; ``rank`` is a number that is larger for nodes further downstream.
    """

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        super().__init__(step, flow, context, rank)
        # Calls that resume a list, then those of the binding at hand, then further bindings.
        self._pending: deque[OpenCall] = deque()
        self._waiting: Iterator[OpenCall] = iter(())
        self._bindings = Bindings(flow, self.inbox)
        self._primed = False
        self._order = () if flow.driver is None else (flow.driver, *flow.others)
        self._plain: PlainCalls | None = None
        # Of the binding at hand: its evaluations, how many calls are made, and what they wait for.
        self._evaluations, self._made = Evaluations(), 0
        self._wanted: tuple[TooHeavy | AccountUnread, Binding] | None = None
        self._is_apart = False
        self._under_way = 0
        self._calls = self._pages = self._retries = self._partial = self._empty = 0
        self._throttled_s = 0.0
        # Those that it was made for, where calls name one.
        self.accounts: set[str] = set()
        self._branches: dict[Key, Binding] | None = {} if self.key in context.flows.kept_branches else None

    def branches(self) -> Iterator[Binding]:
        """The combinations of records for which a call was answered, in the order of these records.

        Each is a mapping from a node's key to its record.
        It is empty where no other node needs them.
        """
        yield from (bound for _key, bound in sorted((self._branches or {}).items(), key=lambda pair: pair[0]))

    def work(self) -> Awaitable[None] | None:
        """The fetching of one page, of a call in progress or of a new one; None when there is nothing to fetch now."""
        if not self._primed:
            self._primed = True
            self._plain = self._plain_calls()
            self._bindings.prime(self.context.nodes)
        found = self._look_ahead()
        if found and self.context.congested:
            # A destination has more than enough to deliver; it says when it has not.
            return None
        if found:
            return self._fetch(self._pending.popleft())
        if self._wanted is not None:
            wanted, self._is_apart, was_apart = self._wanted, True, self._is_apart
            return None if was_apart else self._fetch_wanted(*wanted)
        return _let_others_work() if found is None else None

    def is_idle(self) -> bool:
        """Whether no call is in progress or being prepared."""
        return not self._under_way and not self.inbox and not self._bindings.has_early and self._wanted is None

    def figures(self) -> Work:
        """How many calls, pages and retries it made, and the seconds that these took."""
        took = self._retries, self._throttled_s, self._partial, self._empty
        return Work(self._calls, self._pages, self.elapsed_s, *took)

    def _plain_calls(self) -> PlainCalls | None:
        """Makes its calls, where nothing but the records that they are made for tells these apart."""
        context = self.context
        are_distinct = context.options.explain or context.additions or context.accounts.are_late(self.key)
        if are_distinct or not is_plain(self.step):
            return None
        return PlainCalls(self.step, context.plan, context.args, context.accounts.of(self.key))

    def _look_ahead(self) -> bool | None:
        """Have a call in the queue if there is one; None when many bindings made none, and more are left."""
        for _ in range(MAX_EMPTY):
            if self._pending:
                return True
            if self._wanted is not None:
                return None
            call = next(self._waiting, None)
            if call is not None:
                self.add_calls([call])
            elif self._wanted is None and not self._advance():
                return False
        return None

    def _advance(self) -> bool:
        """Go on to the next binding; False when there is none at the moment."""
        bound = self._bindings.take()
        if bound is None:
            return self._bindings.draw()
        expanded = None if self._plain is None else self._plain.make({key: item.record for key, item in bound.items()})
        if expanded is not None:
            self.add_calls([self._open((*binding_key(bound, self._order), 0), bound, expanded)])
            return True
        self._evaluations, self._made = Evaluations(), 0
        self._waiting = self._calls_for(bound)
        return True

    def _calls_for(self, bound: Binding) -> Iterator[OpenCall]:
        """The calls for one binding: one, or one per element of the loop. What can't become a call is an error."""
        key = binding_key(bound, self._order)
        try:
            scope = self._scope(bound)
            self._evaluations.begin()
            if not self.may_run(scope, self._evaluations):
                return
            explain = self.context.options.explain
            found = expand(self.step, self.context.plan, scope, explain=explain, evaluate=self._evaluations)
            for number, expanded in enumerate(
                found.calls if scope.extra_of is None else each_or_unreadable(found.calls)
            ):
                if number < self._made:
                    # Begun again: this one has its call already.
                    continue
                self._made = number + 1
                if isinstance(expanded, AccountUnreadable):
                    self.fail((*key, number), account_failure(expanded, self.step, bound))
                    continue
                if expanded.missing and not self.context.options.allow_unresolved:
                    error = NoValue(expanded.missing)
                    self.fail((*key, number), step_failure(error, self.step, bound, expanded.bindings))
                    continue
                recursion = self._recursion((*key, number), bound, scope, expanded)
                yield self._open((*key, number), bound, expanded, recursion)
        except UNMAKEABLE as error:
            self.fail(key, step_failure(error, self.step, bound))
        except AccountUnreadable as error:
            self.fail(key, account_failure(error, self.step, bound))
        except (TooHeavy, AccountUnread) as wanted:
            self._wanted = wanted, bound

    def _open(self, key: Key, bound: Binding, expanded: Expanded, recursion: Recursion | None = None) -> OpenCall:
        return OpenCall((*key, 0, 0), bound, expanded, recursion, self.context.options.max_pages)

    async def _fetch_wanted(self, wanted: TooHeavy | AccountUnread, bound: Binding) -> None:
        """Have what takes long while others work, then go on with the calls for ``bound``."""
        if isinstance(wanted, TooHeavy):
            await self._evaluations.settle(wanted)
        else:
            await self.context.accounts.read(wanted.account, *self._accounts_ahead(bound))
        self._wanted, self._is_apart = None, False
        self._waiting = self._calls_for(bound)
        self.context.scheduler.ready(self)

    def _accounts_ahead(self, bound: Binding) -> list[str]:
        """The accounts that the next calls are about and whose contexts are not known, from those for ``bound`` on."""
        accounts, found = self.context.accounts, dict[str, None]()
        following = self._bindings.early(_EARLY * self.context.options.concurrency)
        further = chain.from_iterable(map(self._accounts_of, following))
        for account in chain(self._accounts_of(bound, self._made), further):
            if accounts.is_unread(account):
                found[account] = None
            if len(found) >= accounts.read_at_once:
                break
        return list(found)

    def _accounts_of(self, bound: Binding, skip: int = 0) -> Iterator[str]:
        """The accounts of the calls for ``bound`` from the call number ``skip`` on, as far as they are made."""
        try:
            scope = self._scope(bound)
            if self.may_run(scope, Evaluations()):
                yield from named_accounts(self.step, self.context.plan, scope, skip)
        except (*UNMAKEABLE, AccountUnread, AccountUnreadable, TooHeavy):
            # Told when its calls are made.
            return

    def _scope(self, bound: Binding) -> Scope:
        scope = self.scope(bound, self.flow.streams[0] if self.flow.streams else None)
        if not self.context.accounts.are_late(self.key):
            return scope
        return replace(scope, extra_of=lambda account: self.names_for(bound, account))

    def _recursion(self, key: Key, bound: Binding, scope: Scope, expanded: Expanded) -> Recursion | None:
        if not self.step.again:
            return None
        if scope.extra_of is not None and expanded.call.account is not None:
            scope = replace(scope, extra=self.names_for(bound, expanded.call.account), extra_of=None)
        return Recursion(self.step, self.context.plan, self.context.options, scope, expanded.bindings, key)

    async def _fetch(self, call: OpenCall) -> None:
        """Get the next page of a call and pass it on, and the ones after it while answers are at hand."""
        context = self.context
        goes_on = True
        while goes_on:
            try:
                if not call.page:
                    self._begin(call)
                reply = context.immediate(call.pages.page)
                if reply is None:
                    goes_on = False
                    reply = await context.backend.send(call.pages.page)
                page = self._page_of(call, reply)
                if not self.emit_at_once(page):
                    await self.emit(page)
                if self._ends_with(call, page, reply):
                    if call.recursion is not None:
                        await self._go_deeper(call, call.recursion)
                    self._under_way -= 1
            except ServiceError as error:
                await self._lose(call, error)
            goes_on = goes_on and context.scheduler.is_next(self) and not context.congested
            if goes_on and self._look_ahead():
                call = self._pending.popleft()
            else:
                goes_on = False
        context.scheduler.ready(self)
        if not self._under_way and self._look_ahead() is False:
            self.settle()

    def _begin(self, call: OpenCall) -> None:
        """Number a call, count it, and tell of it.

        Raises ``NotSent`` for one that would be another, which nothing counts; a rehearsal, which explains its calls,
        shows it all the same.
        """
        call.begin(self.context.next_serial())
        is_rehearsed = self.context.options.explain
        if not is_rehearsed:
            require_address(call.expanded.call)
        self._calls += 1
        if call.expanded.call.account is not None:
            self.accounts.add(call.expanded.call.account)
        if call.expanded.has_worries:
            self.context.remarks.add(self.key, call.expanded)
        if self.context.observed:
            self.context.tell(
                CallStarted(self.key, call.expanded.call, call.serial, self.context.now(), self._origin(call))
            )
        if is_rehearsed:
            require_address(call.expanded.call)

    def _origin(self, call: OpenCall) -> Expanded | None:
        """How a call was made and for which records, where that is to be reported."""
        if not self.context.options.explain:
            return None
        return replace(call.expanded, bindings=made_for(call.bound, self.step, call.expanded.bindings))

    def _page_of(self, call: OpenCall, reply: Reply) -> Page:
        """The page in an answer, counted. Raises ``CallRefused``, and ``BadAnswer`` for one that holds no records."""
        self._retries += reply.retries
        self._throttled_s += reply.throttled_s
        if not reply.ok:
            raise CallRefused(reply.status, reply.body, reply.answered_by)
        records = read_records(call.expanded.call, reply)
        self._partial += is_partial(reply)
        self._empty += lacks_content(call.expanded.call, reply)
        call.page += 1
        call.records += len(records)
        self._pages += 1
        if self._branches is not None and call.bound:
            self._branches.setdefault(binding_key(call.bound, self._order), call.bound)
        if self.context.observed:
            event = PageReceived(self.key, call.expanded.call, call.serial, call.page, len(records), self.context.now())
            self.context.tell(event)
        account = call.expanded.call.account
        return Page(self.key, (*call.key, call.page), records, call.bound, account=account, seen=call.records)

    def _ends_with(self, call: OpenCall, page: Page, reply: Reply) -> bool:
        """Whether ``page`` is the last one of a call; else the next one is queued."""
        if call.recursion is not None:
            for misstep in call.recursion.consider(page):
                self._miss(call, misstep)
        cursor = next_cursor(call.expanded.call, reply.body)
        if cursor is not None:
            call.pages.follow(cursor)
            self._pending.append(call)
            return False
        if self.context.observed:
            succeeded = CallSucceeded(
                self.key, call.expanded.call, call.serial, call.records, call.page, self.context.now()
            )
            self.context.tell(succeeded)
        return True

    async def _lose(self, call: OpenCall, error: ServiceError) -> None:
        failure = call_failure(error, call.pages.page, self.step, call.bound, call.expanded.bindings)
        now = self.context.now()
        self.context.tell(CallFailed(self.key, call.expanded.call, call.serial, failure.status, now, failure.entry))
        if call.recursion is not None:
            await self._go_deeper(call, call.recursion)
        self._under_way -= 1
        self.fail((*call.key, call.page + 1), failure.entry)

    async def _go_deeper(self, call: OpenCall, recursion: Recursion) -> None:
        """After the last call of a level: the calls of the next one."""
        for each in await recursion.closed():
            if isinstance(each, Misstep):
                self._miss(call, each)
            else:
                max_pages = self.context.options.max_pages
                self.add_calls([OpenCall(each.key, call.bound, each.expanded, recursion, max_pages)])

    def _miss(self, call: OpenCall, misstep: Misstep) -> None:
        element = call.recursion.element if call.recursion else {}
        self.fail(misstep.key, step_failure(misstep.error, self.step, call.bound, element, misstep.record))

    def add_calls(self, calls: list[OpenCall]) -> None:
        """Add calls to those that are to be fetched, for instance the ones that a recursion makes."""
        self._under_way += len(calls)
        self._pending.extend(calls)


async def _let_others_work() -> None:
    """Nothing: a piece of work that only lets others have their turn."""
