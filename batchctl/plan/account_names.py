"""The accounts that the calls of a request will be for, found without making the calls."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.expansion import named_account, names_account_by_element, opened, placeholder_context
from batchctl.plan.loops import actual_loop, loop_elements, looped_over
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import JsonObject
    from batchctl.plan.expansion import Scope
    from batchctl.plan.loops import Loop
    from batchctl.plan.planner import Plan, Step


def named_accounts(step: Step, plan: Plan, scope: Scope, skip: int = 0) -> Iterator[str]:
    """The account's id for each call that the request in ``step`` makes for the records in ``scope``, call by call.

    ``skip`` leaves out as many calls at the start of a loop. A call whose account has no value is left out; a request
    that names no account yields none. Raises, while it is iterated, ``NotAnArray`` for a loop over something else, and
    ``TemplateError`` for an account that can't become text.
    """
    written = step.node.account if isinstance(step.node, Request) else None
    if written is None:
        return
    template, context = compile_template(written), placeholder_context(plan, scope)
    by_element = step.loop if names_account_by_element(step) else None
    for each in _per_element(by_element, scope, context, skip) if by_element else (context,):
        account = named_account(template, each)
        if account is not None:
            yield account


def _per_element(loop: Loop, scope: Scope, context: JsonObject, skip: int) -> Iterator[JsonObject]:
    """What placeholders read for each element of the loop from number ``skip`` on; the same object every time."""
    found = actual_loop(loop, scope.args, scope.extra)
    elements = loop_elements(found, looped_over(found, context).value)
    bound, owner, key = opened(context, found.segments)
    for element in islice(elements, skip, None):
        owner[key] = element  # type: ignore[index]  # the key is of this container
        yield bound
