"""The accounts' contexts in a sync job: each node reads that of its own account, as the fixtures or the API tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.options import LateAccounts
from batchctl.execution.account import AccountContext, context_of
from batchctl.execution.local import account_of
from batchctl.plan.accounts import accounts_of, late_accounts
from batchctl.redaction import secret_values
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.truto.backoff import Backoff
    from batchctl.truto.connection import Connection


class NodeContexts(Struct, frozen=True):
    """What the nodes of a job read of accounts by name: ``own`` of the run's, ``of_nodes`` of others, by node key.

    ``secrets`` are the texts among these that look secret. ``late_accounts`` are the keys of the nodes whose account is
    known only during the run, since a record names it; ``read`` takes such an account's id and fetches its context;
    None where nothing can be fetched.
    """

    own: JsonObject = field(default_factory=dict)
    of_nodes: Mapping[str, JsonObject] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    late_accounts: frozenset[str] = frozenset()
    read: Callable[[str], Awaitable[AccountContext]] | None = None

    def reading(self, learn: Callable[[frozenset[str]], None] = lambda _secrets: None) -> LateAccounts | None:
        """What the engine needs to read accounts during a run; None where no node needs that.

        What was read once is not asked for again. ``learn`` is called with the texts that look secret in each context
        that is read.
        """
        read = self.read
        if read is None or not self.late_accounts:
            return None

        known: dict[str, JsonObject] = {}

        async def values(account: str) -> JsonObject:
            if account not in known:
                found = await read(account)
                learn(found.secrets)
                known[account] = found.values
            return known[account]

        return LateAccounts(self.late_accounts, values)


def contexts_in_fixtures(plan: Plan, folder: FixtureFolder, given: JsonObject) -> NodeContexts:
    """The contexts from the ``account.yaml`` of each account in ``folder``; an account without one has none of its own.

    ``given`` is one object, laid over each account's: its keys replace those of the same name, as a whole.
    Raises ``FixtureError`` for a file that can't be used.
    """

    async def read(account: str) -> AccountContext:
        values = {**account_of(folder, account), **given}
        return AccountContext(values, frozenset(secret_values(values)))

    accounts = accounts_of(plan)
    of_account = {account: {**account_of(folder, account), **given} for account in set(accounts.values())}
    own = {**account_of(folder, plan.definition.integrated_account_id), **given}
    of_nodes = {key: of_account[account] for key, account in accounts.items()}
    return NodeContexts(own, of_nodes, late_accounts=late_accounts(plan), read=read)


async def contexts_in_truto(
    plan: Plan, connection: Connection, given: JsonObject, notify: Notify, backoff: Backoff
) -> NodeContexts:
    """The contexts from the API. The keys of ``given`` are laid over each account's, replacing those of the same name.

    One request is made for each account of which something is read, and repeated as ``backoff`` says. ``notify`` gets a
    ``ContextRead`` for each. Raises ``CredentialsError`` where the token is refused; and, unless an add_context node
    may add what is missing, ``UsageError`` for a name that an account does not have, ``ServiceError`` where an account
    can't be read.
    """

    async def read(account: str) -> AccountContext:
        found = await context_of(plan, connection, given, notify, backoff=backoff, account=account, nodes=late)
        return AccountContext({**found.values, **given}, found.secrets)

    accounts, late = accounts_of(plan), late_accounts(plan)
    of_others = accounts.keys() | late
    own_nodes = [key for key in plan.steps if key not in of_others] if of_others else None
    own = await context_of(plan, connection, given, notify, backoff=backoff, nodes=own_nodes)
    of_account: dict[str, JsonObject] = {}
    secrets = set(own.secrets)
    for account in dict.fromkeys(accounts.values()):
        nodes = [key for key, its in accounts.items() if its == account]
        found = await context_of(plan, connection, given, notify, backoff=backoff, account=account, nodes=nodes)
        of_account[account] = {**found.values, **given}
        secrets |= found.secrets
    of_nodes = {key: of_account[account] for key, account in accounts.items()}
    return NodeContexts({**own.values, **given}, of_nodes, frozenset(secrets), late, read)
