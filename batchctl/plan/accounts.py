"""Which integrated account each node of a sync job is about, as far as the arguments decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.expansion import names_account_by_element
from batchctl.template import compile_template, to_text

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan, Step


def accounts_of(plan: Plan) -> dict[str, str]:
    """The ids of the accounts of those nodes of a sync job that are about another account than the run's, by node key.

    A request is about the account that it names, or the run's own where it names none or one that is known only during
    the run. Any other node is about the account of the nodes before it, where they have the same one. In a job that is
    run for no account, and all of whose requests name the same one, every node is about that one. Empty for a batch.
    """
    if plan.definition.job is None:
        return {}
    own = plan.definition.integrated_account_id
    found: dict[str, str] = {}
    for wave in plan.waves:
        for key in wave:
            found[key] = _account(plan.steps[key], plan, found) or own
    named = {found[key] for key, step in plan.steps.items() if isinstance(step.node, Request)}
    if not own and len(named) == 1:
        own, only = "", named.pop()
        found = dict.fromkeys(found, only)
    return {key: account for key, account in found.items() if account != own}


def late_accounts(plan: Plan) -> frozenset[str]:
    """The keys of the nodes of a sync job whose account is known only during the run, since records name it.

    Nodes that take the records of these are among them. Empty for a batch.
    """
    if plan.definition.job is None:
        return frozenset()
    found: set[str] = set()
    for wave in plan.waves:
        for key in wave:
            step = plan.steps[key]
            if isinstance(step.node, Request):
                is_late = step.node.account is not None and _rendered(step, plan) is None
            else:
                is_late = not found.isdisjoint(step.parents)
            if is_late:
                found.add(key)
    return frozenset(found)


def all_accounts(plan: Plan) -> tuple[str, ...]:
    """The ids of all integrated accounts of a run that are known before it: its own, then, sorted, those of nodes."""
    if plan.definition.job is None:
        return (plan.definition.integrated_account_id,)
    named = sorted({*accounts_of(plan).values()})
    return tuple(dict.fromkeys(filter(None, (plan.definition.integrated_account_id, *named))))


def _account(step: Step, plan: Plan, found: dict[str, str]) -> str | None:
    if isinstance(step.node, Request):
        return _rendered(step, plan)
    before = {found[parent] for parent in step.parents if found.get(parent)}
    return before.pop() if len(before) == 1 else None


def _rendered(step: Step, plan: Plan) -> str | None:
    """The account that a request names; None for none, and where a record or an element tells it."""
    if not isinstance(step.node, Request) or step.node.account is None or names_account_by_element(step):
        return None
    args: JsonObject = {"args": plan.definition.args}
    rendered = compile_template(step.node.account).render_partial(args, lambda path: not path.startswith("args."))
    return None if rendered.unresolved or "{{" in to_text(rendered.value) else to_text(rendered.value)
