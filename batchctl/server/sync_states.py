"""``/sync-job-run-state``: what state nodes keep, by ``state_key`` and key.

Source: Truto's API reference of sync job run states.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from batchctl.server.answer import Answer, json_answer
from batchctl.server.request import Refusal

if TYPE_CHECKING:
    from batchctl.engine.backends.fixture_store import Table
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.server.request import Request

NAME = "sync-job-run-state"
# What batchctl keeps for itself beside what the job keeps.
_OWN = "truto:"


class SpaceState:
    """The state that runs of a sync job share: values by key, of one ``state_key`` (``space``).

    They are records of ``table``; ``run_id`` is the run that is noted with what it stores, None for a client. The
    methods raise ``FixtureError`` where the table's file can't be read or written.
    """

    def __init__(self, table: Table, space: str, run_id: str | None = None) -> None:
        self._table = table
        self._space = space
        self._run_id = run_id

    def get(self, key: str) -> JsonValue:
        """The value of ``key``; None where there is none."""
        record = self.record(key)
        return None if record is None else record.get("value")

    def put(self, key: str, value: JsonValue) -> None:
        """Store ``value`` under ``key``."""
        now = moment()
        known = self.record(key)
        fresh: JsonObject = {"value": value, "updated_at": now, "sync_job_run_id": self._run_id}
        if known is not None:
            self._table.update(self._id(key), fresh)
            return
        own: JsonObject = {"id": self._id(key), "key": key, "state_key": self._space, "created_at": now}
        self._table.create({**own, **fresh})

    def delete(self, key: str) -> None:
        """Delete the value of ``key``, if there is one."""
        self._table.delete(self._id(key))

    def record(self, key: str) -> JsonObject | None:
        """The API's record for ``key``; None where there is none.

        It has ``id``, ``key``, ``state_key``, ``value``, ``created_at``, ``updated_at`` and ``sync_job_run_id``.
        """
        reply = self._table.get(self._id(key))
        return reply.body if reply.ok and isinstance(reply.body, dict) else None

    def _id(self, key: str) -> str:
        return f"{self._space}\n{key}"


def answer_states(request: Request, table: Table, key: str | None) -> Answer:
    """The response to a request to ``/sync-job-run-state``: one value, or all values of a ``state_key``.

    ``key`` is the key of one value, to read, change (PATCH) or delete; None is for a page of all, or to add one (POST).
    The query has the ``state_key``. A value has ``key``, ``value``, ``created_at``, ``updated_at`` and
    ``sync_job_run_id``. Raises ``Refusal``: 400 without ``state_key``, or without what a body needs (``value``, for a
    new one also ``key``), 404 for a key that has no value, 405 for other HTTP methods.
    """
    space = request.query().get("state_key")
    if not isinstance(space, str) or not space:
        raise Refusal(400, "state_key is required: whose states")
    states = SpaceState(table, space)
    if key is None:
        return _all(request, table, states, space)
    request.require("GET", "PATCH", "DELETE")
    record = states.record(key)
    if record is None:
        raise Refusal(404, f"no state {key[:80]}")
    if request.method == "DELETE":
        states.delete(key)
    elif request.method == "PATCH":
        body = request.json()
        if not isinstance(body, dict) or "value" not in body:
            raise Refusal(400, "a state needs a value")
        states.put(key, body["value"])
        record = states.record(key) or record
    return json_answer(200, _shown(record))


def _all(request: Request, table: Table, states: SpaceState, space: str) -> Answer:
    request.require("GET", "POST")
    if request.method == "POST":
        body = request.json()
        key = body.get("key") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(key, str) or not key or "value" not in body:
            raise Refusal(400, "a state needs key and value")
        states.put(key, body["value"])
        return json_answer(201, _shown(states.record(key) or {}))
    query = {name: value for name, value in request.query().items() if name in ("limit", "next_cursor")}
    reply = table.page({**query, "state_key": space})
    body = reply.body
    if not reply.ok or not isinstance(body, dict) or not isinstance(body["result"], list):
        return json_answer(reply.status, body)
    found = [_shown(each) for each in body["result"] if isinstance(each, dict) and not _is_own(each)]
    limit = int(str(query.get("limit", 50)))
    return json_answer(200, {"result": [*found], "next_cursor": body["next_cursor"], "limit": limit})


def _is_own(record: JsonObject) -> bool:
    return str(record.get("key")).startswith(_OWN)


def _shown(record: JsonObject) -> JsonObject:
    return {name: value for name, value in record.items() if name not in ("id", "state_key")}


def moment() -> str:
    """The current time in UTC, in the form of JavaScript's ``toISOString``: ``2026-01-31T09:30:00.000Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
