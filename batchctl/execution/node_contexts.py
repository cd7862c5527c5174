"""The accounts' contexts in a sync job: each node reads that of its own account, as the fixtures or the API tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchctl.execution.account import context_of
from batchctl.execution.local import account_of
from batchctl.plan.accounts import accounts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.truto.backoff import Backoff
    from batchctl.truto.connection import Connection


@dataclass(frozen=True, slots=True)
class NodeContexts:
    """What is read by name: ``own`` of the run's account, ``of_nodes`` of the nodes, by key, that have another one.

    ``secrets`` are values among them that look secret.
    """

    own: JsonObject = field(default_factory=dict)
    of_nodes: Mapping[str, JsonObject] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


def contexts_in_fixtures(plan: Plan, folder: FixtureFolder, given: JsonObject) -> NodeContexts:
    """As the ``account.yaml`` of each account has them; what is ``given`` wins. Raises ``FixtureError``."""
    accounts = accounts_of(plan)
    of_account = {account: {**account_of(folder, account), **given} for account in set(accounts.values())}
    own = {**account_of(folder, plan.definition.integrated_account_id), **given}
    return NodeContexts(own, {key: of_account[account] for key, account in accounts.items()})


async def contexts_in_truto(
    plan: Plan, connection: Connection, given: JsonObject, notify: Notify, backoff: Backoff
) -> NodeContexts:
    """As the API tells them, which is asked once for each account of which something is read; what is ``given`` wins.

    Raises what ``context_of`` raises.
    """
    accounts = accounts_of(plan)
    own_nodes = [key for key in plan.steps if key not in accounts] if accounts else None
    own = await context_of(plan, connection, given, notify, backoff=backoff, nodes=own_nodes)
    of_account: dict[str, JsonObject] = {}
    secrets = set(own.secrets)
    for account in dict.fromkeys(accounts.values()):
        nodes = [key for key, its in accounts.items() if its == account]
        found = await context_of(plan, connection, given, notify, backoff=backoff, account=account, nodes=nodes)
        of_account[account] = {**found.values, **given}
        secrets |= found.secrets
    of_nodes = {key: of_account[account] for key, account in accounts.items()}
    return NodeContexts({**own.values, **given}, of_nodes, frozenset(secrets))
