"""``delete_tracking``: rows of a destination that a complete list of their source has no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.destinations.base import Missing
from batchctl.engine.result import Succeeded
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batchctl.engine.options import RunOptions
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan


async def missing_rows(
    plan: Plan, result: RunResult, options: RunOptions, notified: Collection[str]
) -> list[tuple[str, Missing]]:
    """What to delete or mark in which destination, after lists with ``delete_tracking`` were fetched without errors.

    Each pair has a destination's key, and says which rows are meant and how: those of the list's resource that the run
    did not deliver. The placeholders of ``delete_tracking_query`` and ``integrated_account_id`` read the arguments and
    the account's context in ``options``. Where records name the accounts, there is an entry for each account that the
    list was made for. A list whose filter has a placeholder without a value is left out: too many rows would be
    deleted. So is one of which this run did not see everything: no call was made, a ``run_if`` before it was false, or
    an answer was incomplete; and so is a destination whose ``run_if`` was false, or that is none of ``notified``, those
    that get something in this run.
    """
    found: list[tuple[str, Missing]] = []
    for node in _tracked(plan):
        if not _is_seen_whole(plan, node, result):
            continue
        late = options.late_accounts
        if late is not None and node.key in late.nodes:
            for account in sorted(result.accounts[node.key]):
                context = {**options.account, **await late.read(account)}
                found += _missing_in(plan, node, context, account)
        else:
            context = options.accounts.get(node.key, options.account)
            found += _missing_in(plan, node, context, node.account)
    return [(key, missing) for key, missing in found if key in notified and key not in result.left_out]


def _is_seen_whole(plan: Plan, node: Request, result: RunResult) -> bool:
    """Whether what the list ``node`` brought is all that the source has of it."""
    outcome = result.outcomes[node.key]
    if not isinstance(outcome, Succeeded) or result.left_out.intersection((node.key, *plan.graph.ancestors(node.key))):
        return False
    work = outcome.work
    return bool(work.calls and not work.partial and not work.empty)


def _missing_in(plan: Plan, node: Request, context: JsonObject, account: str | None) -> Iterator[tuple[str, Missing]]:
    written: JsonObject = {"query": _raw(plan, node).get("delete_tracking_query") or {}, "account": account}
    watched = compile_template(written).render_watched({**context, "args": plan.definition.args})
    filled = watched.value if isinstance(watched.value, dict) else {}
    matching, owner = filled.get("query"), filled.get("account")
    if watched.missing or not isinstance(matching, dict):
        return
    missing = Missing(
        node.resource, owner if isinstance(owner, str) else None, node.delete_tracking == "hard", matching
    )
    for key, step in plan.steps.items():
        is_destination = step.node.kind == "destination"
        if is_destination and node.key in step.parents:
            yield key, missing


def _tracked(plan: Plan) -> Iterator[Request]:
    for step in plan.steps.values():
        if isinstance(step.node, Request) and step.node.delete_tracking in ("hard", "soft"):
            yield step.node


def _raw(plan: Plan, node: Request) -> JsonObject:
    job = plan.definition.job
    nodes = job.data.get("resources") if job else None
    found = nodes[node.index] if isinstance(nodes, list) and node.index < len(nodes) else None
    return found if isinstance(found, dict) else {}
