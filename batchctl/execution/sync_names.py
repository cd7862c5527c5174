"""What a job's state and its mutex are called, for the arguments of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.plan.accounts import all_accounts
from batchctl.template import compile_template

if TYPE_CHECKING:
    from batchctl.definition.model import SyncJob
    from batchctl.execution.sync import SyncPlan
    from batchctl.json_types import JsonObject


def state_space(job: SyncJob, args: JsonObject) -> str:
    """The name under which a job's state is stored: its ``state_key`` with ``args`` filled in, else its id or label.

    Raises ``UsageError`` for a placeholder in ``state_key`` without a value.
    """
    return str(job.id or job.label) if job.state_key is None else filled_in("state_key", job.state_key, args)


def own_space(planned: SyncPlan) -> str:
    """The name under which the state of this run's job and accounts is stored, so that accounts have separate states.

    It is what ``state_space`` returns, and below it, a line each, the ids of those accounts of the run that it does not
    depend on: a ``state_key`` with the account's id in it already keeps accounts apart. Raises ``UsageError`` for a
    placeholder in ``state_key`` without a value.
    """
    job, args = planned.job, planned.plan.definition.args
    space = state_space(job, args)
    others = (state_space(job, _without(args, account)) for account in all_accounts(planned.plan))
    missing = [each for each, other in zip(all_accounts(planned.plan), others, strict=True) if other == space]
    return "\n".join([space, *missing])


def _without(args: JsonObject, account: str) -> JsonObject:
    """The arguments as another account would have them."""
    return {name: f"not {account}" if value == account else value for name, value in args.items()}


def filled_in(name: str, written: str, args: JsonObject) -> str:
    """The text ``written``, which the job has under the key ``name``, with its placeholders filled in from ``args``.

    Raises ``UsageError``, with ``name`` in its message, for a placeholder without a value.
    """
    watched = compile_template(written).render_watched({"args": args})
    if watched.missing:
        raise UsageError(f"{name}: {watched.missing[0].text} has no value", hint="pass --arg NAME=VALUE")
    return str(watched.value)
