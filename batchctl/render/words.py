"""How a resource is called, in words and as a request line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request, Spool
from batchctl.plan.calls import HTTP_METHODS, call_path
from batchctl.plan.query_string import encode_keeping_placeholders
from batchctl.render.plain import singular

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan, Step


def request_line(step: Step) -> str:
    """``GET /unified/crm/contacts/{{args.id}}``, ``transform`` or ``spool``: what a resource does."""
    node = step.node
    if not isinstance(node, Request):
        return "spool" if isinstance(node, Spool) else "transform"
    method = HTTP_METHODS.get(node.method, "POST")
    return f"{method} {call_path(node.resource, node.method, node.id, encode_keeping_placeholders)}"


def repetition(step: Step, plan: Plan) -> str:
    """``once per contact, for each of args.user_ids``; empty for a request that is made once."""
    turns = [f"once per {_record_word(fan_out.node, plan)}" for fan_out in step.fan_outs]
    if step.loop:
        turns.append(f"for each of {step.loop.over}")
    return ", ".join(turns)


def _record_word(key: str, plan: Plan) -> str:
    node = plan.graph.nodes[key]
    return singular(node.resource if isinstance(node, Request) else key)
