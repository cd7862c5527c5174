"""A failed call as an entry of the answer's ``errors``: the envelope, what was called, and for which record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.engine.paging import CallRefused
from batchctl.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.definition.model import JsonObject, JsonValue
    from batchctl.engine.lineage import Binding
    from batchctl.errors import ServiceError
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Step

# What HTTP says of a request that failed since one before it did (RFC 4918).
FAILED_DEPENDENCY = 424
_NO_ANSWER = 502


@dataclass(frozen=True, slots=True)
class Failure:
    """One entry of ``errors`` and its HTTP status."""

    entry: JsonObject
    status: int


def call_failure(error: ServiceError, expanded: Expanded, bound: Binding, step: Step) -> Failure:
    """The entry for a call that was refused, or that got no usable answer."""
    if isinstance(error, CallRefused):
        status, body = error.reply.status, error.reply.body
        envelope = body if isinstance(body, dict) else make_envelope(status, _words(body))
    else:
        status, envelope = _NO_ANSWER, make_envelope(_NO_ANSWER, str(error))
    call = expanded.call
    said: JsonObject = {"method": call.http_method, "path": call.path, "query": call.query}
    return Failure({**envelope, "call": said, **_made_for(bound, step, expanded.bindings)}, status)


def step_failure(error: Exception, bound: Binding, step: Step) -> JsonObject:
    """The entry for a call that could not even be made."""
    return {**make_envelope(400, str(error)), **_made_for(bound, step, {})}


def skip_notice(because: tuple[str, ...]) -> JsonObject:
    """The entry for a resource that never ran."""
    message = f"skipped: {' and '.join(because)} failed"
    return {**make_envelope(FAILED_DEPENDENCY, message), "skipped_because": list(because)}


def _made_for(bound: Binding, step: Step, turns: Mapping[str, JsonValue]) -> JsonObject:
    """``{"for": {"contacts": "c1", "args.user_ids": "u1"}}``, or nothing for a call that is made once."""
    names: JsonObject = {fan_out.node: _name(bound[fan_out.node].record) for fan_out in step.fan_outs}
    names.update(turns)
    return {"for": names} if names else {}


def _name(record: JsonValue) -> JsonValue:
    return record.get("id") if isinstance(record, dict) else record


def _words(body: JsonValue) -> str:
    return body.strip() if isinstance(body, str) and body.strip() else "no reason given"
