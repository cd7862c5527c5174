"""``POST /batch-request``: a body in, the embedded engine's answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity, json_path
from batchctl.engine.executor import execute
from batchctl.json_types import NotJson, read_json
from batchctl.preparation import prepare
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.json_types import JsonObject, JsonValue

_MOST_FAILURES = 20


async def answer_batch(data: bytes, backend: Backend) -> tuple[int, JsonObject]:
    """The HTTP status and body for a posted definition; a faulty one is a 400 that says what is wrong."""
    try:
        read_json(data)
    except NotJson:
        return 400, make_envelope(400, "the body is not JSON")
    prepared = prepare(data, file="body")
    if prepared.plan is None:
        errors = [each for each in prepared.diagnostics if each.severity is Severity.ERROR]
        failures: list[JsonValue] = [
            {"path": json_path(diagnostic.path), "message": diagnostic.message}
            for diagnostic in errors[:_MOST_FAILURES]
        ]
        envelope = make_envelope(400, errors[0].message)
        return 400, {**envelope, "details": {"failures": failures}}
    return 200, (await execute(prepared.plan, backend)).body()
