"""What the nodes of a run read of integrated accounts, beside ``args`` and ``resources``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from batchctl.errors import ServiceError, UsageError
from batchctl.plan.reads import RUN_ROOTS
from batchctl.plan.run_row import ROOT as RUN_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.options import RunOptions
    from batchctl.json_types import JsonObject

T = TypeVar("T")


class AccountUnread(Exception):
    """Raised for an ``account`` (its id) whose context has not been fetched yet.

    Call ``AccountRoots.read`` for that account, then try again.
    """

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class AccountUnreadable(ServiceError):
    """The context of an account could not be fetched; the message names the account and says why."""


class AccountRoots:
    """What placeholders and expressions read by name of an integrated account: its context, its ``tenant_id``.

    It has one object of names and values for each account of a run; in a sync job the row of the run is part of it.
    They come from ``options``: those known before the run as values, the others from the function in ``late_accounts``,
    which fetches them: where ``of`` raises ``AccountUnread``, await ``read``, then call ``of`` again.
    """

    def __init__(self, options: RunOptions) -> None:
        self._own: JsonObject = dict(options.account)
        self._of_nodes = dict(options.accounts)
        self._late = options.late_accounts
        self._read: dict[str, JsonObject] = {}
        self._unreadable: dict[str, AccountUnreadable] = {}
        # Who fetches a context, and how many are fetched at once.
        self._turns: dict[str, asyncio.Lock] = {}
        self._concurrency = options.concurrency
        self._places = asyncio.Semaphore(options.concurrency)

    def are_late(self, key: str) -> bool:
        """Whether node ``key`` is about accounts that only records name, so that they are not known before the run."""
        return self._late is not None and key in self._late.nodes

    def of(self, key: str, account: str | None = None) -> JsonObject:
        """The names and values that node ``key`` reads of an account; the caller must not change the object.

        ``account`` is the id of the account that a record belongs to; it matters only where ``are_late``. None
        is for records of no account of their own, which get those of the node's account. Raises ``AccountUnread`` where
        they have not been fetched yet, and ``AccountUnreadable`` where fetching them failed.
        """
        if account is None or not self.are_late(key):
            return self._of_nodes.get(key, self._own)
        return self.known(account)

    def known(self, account: str) -> JsonObject:
        """The names and values of an account that became known during the run, as fetched by ``read``.

        ``account`` is its id. Raises ``AccountUnread`` where ``read`` was not called for it, and ``AccountUnreadable``
        where that failed.
        """
        if account in self._unreadable:
            raise self._unreadable[account]
        if account not in self._read:
            raise AccountUnread(account)
        return self._read[account]

    def is_unread(self, account: str) -> bool:
        """Whether the context of the account with the id ``account`` has yet to be fetched."""
        return account not in self._read and account not in self._unreadable

    @property
    def read_at_once(self) -> int:
        """How many unread accounts to collect before ``read`` is called for them, so that they are fetched together.

        It is the number of calls at once, or of the accounts that were read so far, if that is larger.
        """
        return max(self._concurrency, len(self._read) + len(self._unreadable))

    async def read(self, *accounts: str) -> None:
        """Fetch the contexts of the accounts with these ids, several at once, unless that was done before.

        A failure is not raised here, but by later calls of ``of`` and ``known``.
        """
        rest = iter(dict.fromkeys(filter(self.is_unread, accounts)))

        async def work() -> None:
            for account in rest:
                await self._read_one(account)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(accounts))):
                    group.create_task(work())
        except BaseExceptionGroup as errors:
            # Of several the first: the others are what its end has broken off.
            raise errors.exceptions[0] from None

    async def _read_one(self, account: str) -> None:
        if self._late is None:
            return
        turn = self._turns.setdefault(account, asyncio.Lock())
        async with turn, self._places:
            if not self.is_unread(account):
                return
            try:
                found = await self._late.read(account)
            except (ServiceError, UsageError) as error:
                self._unreadable[account] = AccountUnreadable(
                    f"the context of account {account} can't be read: {error}"
                )
                return
            finally:
                self._turns.pop(account, None)
            of_run = {name: self._own[name] for name in RUN_ROOTS if name in self._own}
            self._read[account] = {**found, **of_run}

    def end_run(self, status: str) -> None:
        """Set ``sync_job_run.status``, for nodes that run after the end of the sync job.

        ``status`` is ``completed`` or ``failed``.
        """
        row = self._own.get(RUN_ROW)
        if isinstance(row, dict):
            ended: JsonObject = {RUN_ROW: {**row, "status": status}}
            self._own |= ended
            self._of_nodes = {key: {**roots, **ended} for key, roots in self._of_nodes.items()}
            self._read = {account: {**roots, **ended} for account, roots in self._read.items()}


def each_or_unreadable(calls: Iterator[T]) -> Iterator[T | AccountUnreadable]:
    """The ``calls``; in place of one for which the iterator raises ``AccountUnreadable``, that exception itself.

    The calls after it follow, too: an account that can't be read does not stop those of others.
    """
    while True:
        try:
            yield next(calls)
        except StopIteration:
            return
        except AccountUnreadable as error:
            yield error
