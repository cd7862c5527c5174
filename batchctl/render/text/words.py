"""How a resource is called, in words and as a request line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request, SyncNode
from batchctl.plain import clean, singular
from batchctl.plan.preview import over
from batchctl.redaction import is_secret_name
from batchctl.truto.calls import HTTP_METHODS, call_path
from batchctl.truto.query_string import encode_keeping_placeholders

if TYPE_CHECKING:
    from batchctl.execution.row_end import Row, RowEnd
    from batchctl.plan.planner import Plan, Step
    from batchctl.redaction import Redact

# The longest name of a row.
_MAX_LABEL = 60


def request_line(step: Step) -> str:
    """What a node calls: ``GET /unified/crm/contacts/{{args.id}}``.

    For a node that is no request it is its type (``transform``).
    """
    node = step.node
    if not isinstance(node, Request):
        return node.kind
    method = HTTP_METHODS.get(node.method, "POST")
    return f"{method} {call_path(node.resource, node.method, node.id, encode_keeping_placeholders)}"


def repetition(step: Step, plan: Plan) -> str:
    """How often a request is made, in words: ``once per contact, for each of args.user_ids``; empty for once."""
    parts = [f"once per {record_word(fan_out.node, plan)}" for fan_out in step.fan_outs if repeats(fan_out.node, plan)]
    if step.loop:
        parts.append(f"for each of {over(step, plan)}")
    return ", ".join(parts)


def repeats(key: str, plan: Plan) -> bool:
    """Whether a request that reads the records of the node ``key`` is repeated for each of them.

    It is not for a state, which is one value.
    """
    return not isinstance(plan.graph.nodes[key], SyncNode)


def record_word(key: str, plan: Plan) -> str:
    """The word for one record of the node ``key``: ``contact`` for ``crm/contacts``."""
    node = plan.graph.nodes[key]
    return singular(node.resource if isinstance(node, Request) else key)


def row_label(row: Row | RowEnd, redact: Redact) -> str:
    """What a row is called: ``row 3 · 1b2c… · user_id=7``, secrets masked by ``redact``, at most 60 characters."""
    plain = {name: value for name, value in row.args.items() if isinstance(value, str | int)}
    named = [f"{name}={value}" for name, value in plain.items() if not is_secret_name(name)]
    return clean(redact(" · ".join([row.label, *named])), _MAX_LABEL)
