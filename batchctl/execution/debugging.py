"""``debug: true`` on a transform or add_context: what its expression read and made is said. Source: Truto's skills."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.engine.events import Evaluated, both
from batchctl.execution.notices import NodeEvaluated
from batchctl.javascript.stringify import stringify
from batchctl.redaction import masked_by_name

if TYPE_CHECKING:
    from batchctl.engine.events import Event, Observer
    from batchctl.execution.notices import Notify
    from batchctl.plan.planner import Plan

# Characters of what was read, and of what was made.
MAX_CHARACTERS = 2_000
# Knows no secret by its value, and hides what stands under a secret's name.


def saying(observer: Observer, notify: Notify, plan: Plan) -> Observer:
    """An observer that passes events on to ``observer``, and reports each evaluation of a node with ``debug: true``.

    ``notify`` gets a ``NodeEvaluated`` for each. Where no node of ``plan`` has it, the result is ``observer`` itself.
    """
    if not any(getattr(step.node, "debug", False) for step in plan.steps.values()):
        return observer

    def say(event: Event, /) -> None:
        if isinstance(event, Evaluated):
            notify(NodeEvaluated(event.key, _beginning(event.data), _beginning(event.value)))

    return both(observer, say)


def _beginning(value: object) -> str:
    # First as the service would write it: a date is no object there.
    text = json.dumps(masked_by_name(json.loads(stringify(value))), ensure_ascii=False)
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"
