"""What a definition reads of its integrated account, where this machine executes it: asked of the API, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext
from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import CredentialsError, ServiceError, UsageError
from batchctl.execution.notices import ContextRead
from batchctl.plain import clean, listed
from batchctl.plan.context_names import read_of_account
from batchctl.redaction import secret_values
from batchctl.service.identity import read_account
from batchctl.structs import Struct, field
from batchctl.truto.retry import RetryLoop

if TYPE_CHECKING:
    from collections.abc import Collection

    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.truto.backoff import Backoff
    from batchctl.truto.connection import Connection

TENANT = "tenant_id"


class AccountContext(Struct, frozen=True):
    """What a plan reads of an integrated account by name, and the ``secrets`` (texts) among these values.

    ``values`` has the keys of the account's context and ``tenant_id``, as far as they are read.
    """

    values: JsonObject = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


async def context_of(
    plan: Plan,
    connection: Connection,
    known: JsonObject,
    notify: Notify,
    *,
    backoff: Backoff,
    allow_unresolved: bool = False,
    account: str | None = None,
    nodes: Collection[str] | None = None,
) -> AccountContext:
    """Fetch from the API what ``plan`` reads of an account, apart from the keys in ``known``.

    No request is made where nothing is read. ``account`` is the id of an account (None: the plan's own); ``nodes`` are
    the keys of the nodes whose reading counts (None: all, and the job itself). ``backoff`` says how requests are
    repeated; ``notify`` gets a ``ContextRead``. What is in ``known`` is not in the result. Raises ``CredentialsError``
    where the token is refused; and, unless an add_context node may add what is missing or ``allow_unresolved`` is set,
    ``UsageError`` for a name that the account does not have, ``ServiceError`` where it can't be read.
    """
    wanted = sorted(read_of_account(plan, nodes) - known.keys())
    if not wanted:
        return AccountContext()
    lenient = allow_unresolved or any(isinstance(step.node, AddContext) for step in plan.steps.values())
    try:
        named = account or plan.definition.integrated_account_id
        record = await read_account(connection, named, RetryLoop(backoff))
    except CredentialsError:
        raise
    except ServiceError as error:
        if lenient:
            notify(ContextRead((), missing=tuple(wanted)))
            return AccountContext()
        error.hint = f"the definition reads {_names(wanted)} of the account: give it with {_option(wanted[0])}"
        raise
    context = record.get("context")
    has = {**(context if isinstance(context, dict) else {}), **({TENANT: record[TENANT]} if TENANT in record else {})}
    values: JsonObject = {name: has[name] for name in wanted if name in has}
    missing = [name for name in wanted if name not in values]
    if missing and not lenient:
        meant = suggestion(missing[0], sorted({*has, "args", "resources"}))
        raise UsageError(
            f"the API does not report {_names(missing)} of the account, which the definition reads",
            hint=" · ".join(filter(None, (meant, f"give it with {_option(missing[0])}"))),
        )
    secrets = frozenset(secret_values(values))
    notify(ContextRead(tuple(values), tuple(missing), secrets))
    return AccountContext(values, secrets)


def _names(names: list[str]) -> str:
    return listed([f'"{clean(name, 80)}"' for name in names[:5]])


def _option(name: str) -> str:
    return f"--context {clean(name, 80)}:=JSON"
