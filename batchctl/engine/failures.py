"""A failed call as an entry of the answer's ``errors``: the envelope, what was called, and for which record."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from batchctl.engine.fields import NoValue, field_of
from batchctl.errors import CallRefused, DeliveryFailed, ExpressionError, NotSent
from batchctl.json_types import write_json
from batchctl.redaction import masked_by_name
from batchctl.structs import Struct
from batchctl.truto.envelope import make_envelope, origin_of, status_in, undelivered, unusable, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.lineage import Item
    from batchctl.errors import ServiceError
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step
    from batchctl.truto.calls import Call

# What HTTP says of a request that failed since one before it did (RFC 4918).
FAILED_DEPENDENCY = 424
# Of a longer body, an error shows the beginning.
_MAX_SHOWN = 2_000


class Failure(Struct, frozen=True):
    """An error of a call: ``entry`` is what the result's ``errors`` have of it, ``status`` the HTTP status.

    The status is 0 where no usable answer came, or the call was not sent.
    """

    entry: JsonObject
    status: int


def call_failure(
    error: ServiceError, call: Call, step: Step, bound: Mapping[str, Item], element: Mapping[str, JsonValue]
) -> Failure:
    """The error to report for ``call``, which was refused, got no usable answer, or was not sent, as ``error`` says.

    Its entry is an error in Truto's form (``statusCode``, ``message`` …), and says whose it is (``origin``), which
    field is wrong (``field``, if known), what was called (``call``: ``method``, ``path``, ``query``, ``body``), and for
    which record (``for``, as ``{"contacts": "c1"}``): ``bound`` are the records by node, ``element`` the loop's element
    by its path (``{"args.user_ids": "u1"}``), that the call of ``step``, a request, was made for. Values under a
    secret-looking name are masked, in what was sent and in what the provider answered.
    """
    if isinstance(error, CallRefused):
        status, envelope = error.status, _envelope(error)
        if error.answered_by != "service":
            envelope["origin"] = error.answered_by
        else:
            envelope["origin"] = origin_of(error.body if isinstance(error.body, list) else envelope)
    elif isinstance(error, NotSent):
        status, envelope = 0, {**make_envelope(400, str(error)), "origin": "definition"}
    else:
        status, envelope = 0, unusable(str(error))
    return Failure(
        {
            **envelope,
            **_field(field_of(error, step, call=call)),
            "call": _said(call),
            **_made_for(bound, step, element),
        },
        status,
    )


def _envelope(error: CallRefused) -> JsonObject:
    body = error.body
    if not isinstance(body, dict):
        envelope = make_envelope(error.status, words(body).strip() or "no reason given")
        return {**envelope, "raw_response": masked_by_name(body)} if isinstance(body, list) and body else envelope
    # A body that names no status has the response's: without it nobody knows a 401 from a 500.
    envelope = dict(body) if status_in(body) else {**body, "statusCode": error.status}
    return {**envelope, "raw_response": masked_by_name(body["raw_response"])} if "raw_response" in body else envelope


def _said(call: Call) -> JsonObject:
    said: JsonObject = {"method": call.http_method, "path": call.path, "query": masked_by_name(call.query)}
    if call.body is not None:
        said["body"] = _short(masked_by_name(call.body))
    return said


def _short(value: JsonValue) -> JsonValue:
    """The value, or where it is long the beginning of its JSON."""
    text = write_json(value)
    return value if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def step_failure(
    error: Exception,
    step: Step,
    bound: Mapping[str, Item],
    element: Mapping[str, JsonValue] = MappingProxyType({}),
    recursed: JsonValue = None,
) -> JsonObject:
    """The entry in ``errors`` for a call that could not even be made, or an expression that could not be evaluated.

    ``error`` says why, ``step`` is the node. ``bound`` are the records by node, ``element`` the loop's element by its
    path, that it was for; ``recursed`` is the record of the node itself for which the call was to be repeated, None
    outside of a recursion. The entry has ``statusCode`` 400, ``error``, ``message``, ``origin`` (``definition``), but
    only ``message`` and ``origin`` (``connection``) for a ``DeliveryFailed``; where they are known, the ``field`` of
    the resource that is wrong and ``for``, as in ``call_failure``; ``details`` (``code``, ``position``) of an
    expression's error, and the ``placeholders`` that have no value.
    """
    own: JsonObject = {} if recursed is None else {step.node.key: _name(recursed)}
    envelope: JsonObject = {**make_envelope(400, str(error)), "origin": "definition"}
    if isinstance(error, DeliveryFailed):
        envelope = undelivered(str(error))
    if isinstance(error, ExpressionError) and error.code:
        envelope["details"] = {"code": error.code, "position": error.position}
    if isinstance(error, NoValue):
        envelope["placeholders"] = list(error.placeholders)
    field = field_of(error, step, again=recursed is not None)
    return {**envelope, **_field(field), **_made_for(bound, step, {**element, **own})}


def account_failure(error: ServiceError, step: Step, bound: Mapping[str, Item]) -> JsonObject:
    """The entry in ``errors`` for a call that was not made, since the context of its account can't be read.

    ``error`` says why, ``step`` is the request; ``bound`` are the records, by node, that the call was to be made for.
    The entry has ``statusCode`` 502, ``error``, ``message``, ``origin`` (``connection``), and ``for`` with the ids of
    these records.
    """
    return {**unusable(str(error)), **_made_for(bound, step, {})}


def _field(name: str | None) -> JsonObject:
    return {"field": name} if name else {}


def skip_notice(because: tuple[str, ...]) -> JsonObject:
    """The entry in ``errors`` for a resource that never ran, because the resources named in ``because`` failed.

    It has ``statusCode`` 424, ``error``, ``message``, ``origin`` and ``skipped_because``, the list of these names.
    """
    message = f"skipped: {' and '.join(because)} failed"
    return {**make_envelope(FAILED_DEPENDENCY, message), "origin": "definition", "skipped_because": list(because)}


def made_for(bound: Mapping[str, Item], step: Step, element: Mapping[str, JsonValue]) -> JsonObject:
    """What a call is made for, as errors name it: ``{"contacts": "c1", "args.user_ids": "u1"}``.

    ``bound`` are the records by node, of which it has the ids, ``step`` is the request that makes the call; ``element``
    is the loop's element by the loop's path.
    """
    nodes = [fan_out.node for fan_out in step.fan_outs] or list(bound)
    return {**{node: _name(bound[node].record) for node in nodes}, **element}


def _made_for(bound: Mapping[str, Item], step: Step, element: Mapping[str, JsonValue]) -> JsonObject:
    """The same as part of an entry; nothing for a call that is made once."""
    names = made_for(bound, step, element)
    return {"for": names} if names else {}


def _name(record: JsonValue) -> JsonValue:
    return record.get("id") if isinstance(record, dict) else record
