"""What the nodes of a run read of integrated accounts, beside ``args`` and ``resources``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.errors import ServiceError, UsageError
from batchctl.plan.reads import RUN_ROOTS
from batchctl.plan.run_row import ROOT as RUN_ROW

if TYPE_CHECKING:
    from batchctl.engine.options import RunOptions
    from batchctl.json_types import JsonObject


class AccountUnread(Exception):
    """The context of ``account`` has not been read yet; ``AccountRoots.read`` does that."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class AccountUnreadable(ServiceError):
    """The context of an account can't be read."""


class AccountRoots:
    """The roots (names that expressions read) that depend on an integrated account, for each account of a run.

    ``options`` has them, or what reads them.
    """

    def __init__(self, options: RunOptions) -> None:
        self._own: JsonObject = dict(options.account)
        self._of_nodes = dict(options.accounts)
        self._told = options.told_by_run
        self._read: dict[str, JsonObject] = {}
        self._unreadable: dict[str, AccountUnreadable] = {}
        self._turn = asyncio.Lock()

    def are_told_by_run(self, key: str) -> bool:
        """Whether the account of node ``key`` is known only during the run."""
        return self._told is not None and key in self._told.nodes

    def of(self, key: str, account: str | None = None) -> JsonObject:
        """The roots that node ``key`` reads for records of ``account``; None is for records of no account.

        Don't change them.

        Raises ``AccountUnread`` and ``AccountUnreadable``.
        """
        if account is None or not self.are_told_by_run(key):
            return self._of_nodes.get(key, self._own)
        return self.known(account)

    def known(self, account: str) -> JsonObject:
        """The context of an account that becomes known only during the run.

        Raises ``AccountUnread`` and ``AccountUnreadable``.
        """
        if account in self._unreadable:
            raise self._unreadable[account]
        if account not in self._read:
            raise AccountUnread(account)
        return self._read[account]

    async def read(self, account: str) -> None:
        """Read the context of an account. A failure is not raised here but by later calls of ``of`` and ``known``."""
        if self._told is None:
            return
        async with self._turn:
            if account in self._read or account in self._unreadable:
                return
            try:
                found = await self._told.read(account)
            except (ServiceError, UsageError) as error:
                self._unreadable[account] = AccountUnreadable(
                    f"the context of account {account} can't be read: {error}"
                )
                return
            of_run = {name: self._own[name] for name in RUN_ROOTS if name in self._own}
            self._read[account] = {**found, **of_run}

    def end_run(self, status: str) -> None:
        """Set the ``status`` with which a sync job ended, for the nodes that run after its end."""
        row = self._own.get(RUN_ROW)
        if isinstance(row, dict):
            ended: JsonObject = {RUN_ROW: {**row, "status": status}}
            self._own |= ended
            self._of_nodes = {key: {**roots, **ended} for key, roots in self._of_nodes.items()}
            self._read = {account: {**roots, **ended} for account, roots in self._read.items()}
