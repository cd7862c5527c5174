"""Answers calls from a folder of records, as the service would; changes live in memory."""

from __future__ import annotations

import asyncio
import base64
import copy
from typing import TYPE_CHECKING

from batchctl.definition.model import STANDARD_METHODS
from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.faults import read_faults
from batchctl.engine.backends.fixture_files import DATA_FORMATS, find_file, read_data, read_records
from batchctl.envelope import make_envelope
from batchctl.errors import ConnectionFailed, FixtureError
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from batchctl.definition.model import JsonObject, JsonValue
    from batchctl.plan.calls import Call

_PAGE_SIZE = 50
_NO_FILTERS = frozenset({"limit", "next_cursor", "integrated_account_id"})


class FixtureBackend:
    """``FOLDER/unified/crm/contacts.json`` answers calls on ``crm/contacts``; see ``docs/fixtures.md``.

    Raises ``FixtureError`` when ``folder`` can't be used.
    """

    def __init__(self, folder: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        if not folder.is_dir():
            raise FixtureError(
                f"no fixtures folder: {folder}",
                hint="create it, or name one with --fixtures or the file's fixtures key",
            )
        self._folder = folder
        self._sleep = sleep
        self._faults = read_faults(folder)
        self._seen = [0] * len(self._faults)
        self._tables: dict[str, _Table] = {}

    async def send(self, call: Call) -> Reply:
        """The answer to one call.

        Raises ``FixtureError`` for a file that can't be used, ``ConnectionFailed`` where a fault says so.
        """
        return await self._fault(call) or self._answer(call)

    async def aclose(self) -> None:
        """Nothing is held open."""

    async def _fault(self, call: Call) -> Reply | None:
        for number, fault in enumerate(self._faults):
            if not fault.matches(call):
                continue
            seen = self._seen[number]
            self._seen[number] += 1
            if seen < fault.after or (fault.times is not None and seen >= fault.after + fault.times):
                continue
            if fault.wait_s:
                await self._sleep(fault.wait_s)
            if fault.drop:
                raise ConnectionFailed("the connection broke (faults.yaml)")
            return fault.reply()
        return None

    def _answer(self, call: Call) -> Reply:
        door = "unified" if "/" in call.resource else "proxy"
        segments = [door, *call.resource.split("/")]
        if call.method not in STANDARD_METHODS:
            return self._custom(call, [*segments, call.method])
        table = self._table(call.resource, segments)
        if table is None:
            return _missing(call.resource, segments, "json (or .yaml, .ndjson, .csv)")
        match call.method:
            case "list":
                return table.page(call.query)
            case "create":
                return table.create(call.body)
            case "get":
                return table.get(call.id)
            case "update":
                return table.update(call.id, call.body)
            case _:
                return table.delete(call.id)

    def _custom(self, call: Call, segments: list[str]) -> Reply:
        path = find_file(self._folder, segments, DATA_FORMATS)
        if path is None:
            return _missing(f"{call.resource} {call.method}", segments, "json (or .yaml)")
        value = read_data(path)
        return Reply(200, {"result": value} if "/" in call.resource else value)

    def _table(self, resource: str, segments: list[str]) -> _Table | None:
        if resource not in self._tables:
            path = find_file(self._folder, segments)
            if path is None:
                return None
            self._tables[resource] = _Table(segments[-1], read_records(path))
        return self._tables[resource]


class _Table:
    """The records of one resource."""

    def __init__(self, name: str, records: list[JsonValue]) -> None:
        self._name = name
        self._records = dict(enumerate(records))
        self._by_id = {
            to_text(record["id"]): place
            for place, record in reversed(self._records.items())
            if isinstance(record, dict) and record.get("id") is not None
        }
        self._next = len(records)
        self._created = 0

    def page(self, query: JsonObject) -> Reply:
        size, start = _number(query.get("limit"), _PAGE_SIZE), _offset(query.get("next_cursor"))
        if size is None or size < 1:
            return _refusal(400, "limit must be a whole number above 0")
        if start is None:
            return _refusal(400, "next_cursor is not one that this list gave")
        found = self._filtered(query)
        more = start + size < len(found)
        return Reply(
            200,
            {
                "result": copy.deepcopy(found[start : start + size]),
                "next_cursor": _cursor(start + size) if more else None,
                "prev_cursor": _cursor(max(start - size, 0)) if start else None,
                "result_count": len(found[start : start + size]),
                "is_partial_response": False,
            },
        )

    def get(self, record_id: str | None) -> Reply:
        place = self._by_id.get(record_id or "")
        return self._unknown(record_id) if place is None else Reply(200, copy.deepcopy(self._records[place]))

    def create(self, body: JsonValue) -> Reply:
        if not isinstance(body, dict):
            return _refusal(400, f"the body of a new one of {self._name} must be an object")
        record = copy.deepcopy(body)
        if record.get("id") is None:
            record = {"id": self._fresh_id(), **{key: value for key, value in record.items() if key != "id"}}
        if to_text(record["id"]) in self._by_id:
            return _refusal(409, f'{self._name} has a record with id "{to_text(record["id"])}" already')
        self._records[self._next] = record
        self._by_id[to_text(record["id"])] = self._next
        self._next += 1
        return Reply(201, copy.deepcopy(record))

    def update(self, record_id: str | None, body: JsonValue) -> Reply:
        place = self._by_id.get(record_id or "")
        if place is None:
            return self._unknown(record_id)
        record = self._records[place]
        if not isinstance(body, dict) or not isinstance(record, dict):
            return _refusal(400, f"the body of a change to {self._name} must be an object")
        self._records[place] = {**record, **copy.deepcopy(body), "id": record["id"]}
        return Reply(200, copy.deepcopy(self._records[place]))

    def delete(self, record_id: str | None) -> Reply:
        place = self._by_id.pop(record_id or "", None)
        if place is None:
            return self._unknown(record_id)
        del self._records[place]
        return Reply(200, {"id": record_id})

    def _filtered(self, query: JsonObject) -> list[JsonValue]:
        """The records that match every query key that is a field of any of them, compared as text."""
        records = list(self._records.values())
        names = {name for record in records if isinstance(record, dict) for name in record}
        wanted = {key: to_text(value) for key, value in query.items() if key in names and key not in _NO_FILTERS}
        if not wanted:
            return records
        return [record for record in records if isinstance(record, dict) and _fits(record, wanted)]

    def _fresh_id(self) -> str:
        while True:
            self._created += 1
            fresh = f"{self._name}-{self._created}"
            if fresh not in self._by_id:
                return fresh

    def _unknown(self, record_id: str | None) -> Reply:
        return _refusal(404, f'{self._name} has no record with id "{record_id or ""}"')


def _fits(record: JsonObject, wanted: dict[str, str]) -> bool:
    return all(record.get(name) is not None and to_text(record[name]) == text for name, text in wanted.items())


def _number(value: JsonValue, default: int) -> int | None:
    if value is None or value == "":
        return default
    text = to_text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: JsonValue) -> int | None:
    """The offset in a cursor, 0 for none, None for one that this module did not make."""
    if cursor is None or cursor == "":
        return 0
    text = to_text(cursor)
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return None
    return _number(plain.removeprefix("offset:"), 0) if plain.startswith("offset:") else None


def _missing(what: str, segments: list[str], endings: str) -> Reply:
    return _refusal(404, f"no fixture for {what}: create {'/'.join(segments)}.{endings}")


def _refusal(status: int, message: str) -> Reply:
    return Reply(status, make_envelope(status, message))
