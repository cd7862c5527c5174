"""``POST /batch-request``: a body in, the embedded engine's answer out."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity, json_path
from batchctl.engine.backends.local import PatientBackend
from batchctl.engine.executor import execute
from batchctl.json_types import NotJson, read_json
from batchctl.preparation import prepare
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.preparation import Prepared
    from batchctl.server.worlds import World

_MAX_FAILURES = 20
# A client posts the same batch again and again: what was found out about it is kept.
_MAX_KEPT, _MAX_KEPT_BYTES = 64, 64 * 1024
_kept: OrderedDict[bytes, Prepared] = OrderedDict()


async def answer_batch(data: bytes, world: World) -> tuple[int, JsonObject]:
    """The HTTP status and body for a posted batch, which is run over ``world``.

    ``data`` is the body of the request, JSON. The body is ``{"result", "errors"}``, the lists of records and of errors
    by the resource's key, with status 200 also where resources failed. With status 400 (no JSON, or a batch with
    errors) it is an error in Truto's form, ``{"statusCode", "error", "message"}``, for a batch with ``details``, too:
    ``{"failures": [{"path", "message"}]}``, its first 20 errors.
    """
    prepared = _kept.get(data)
    if prepared is None:
        try:
            read_json(data, finite_only=True)
        except NotJson as error:
            return 400, make_envelope(400, f"the body is not JSON: {error}")
        prepared = prepare(data, file="body")
        _keep(data, prepared)
    if prepared.plan is None:
        return 400, _refused(prepared)
    backend = PatientBackend(world.backend(prepared.plan.definition.integrated_account_id))
    return 200, (await execute(prepared.plan, backend)).body()


def _keep(data: bytes, prepared: Prepared) -> None:
    if prepared.plan is not None and len(data) <= _MAX_KEPT_BYTES:
        _kept[data] = prepared
        if len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)


def _refused(prepared: Prepared) -> JsonObject:
    errors = [each for each in prepared.diagnostics if each.severity is Severity.ERROR]
    failures: list[JsonValue] = [
        {"path": json_path(diagnostic.path), "message": diagnostic.message} for diagnostic in errors[:_MAX_FAILURES]
    ]
    return {**make_envelope(400, errors[0].message), "details": {"failures": failures}}
