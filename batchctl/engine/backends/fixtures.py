"""Answers calls from a folder of records, as the service would; changes live in memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.faults import FaultList, read_faults
from batchctl.engine.backends.fixture_files import DATA_FORMATS, find_file, is_name, read_data, read_records
from batchctl.engine.backends.fixture_store import Table, clone, refusal
from batchctl.errors import ConnectionFailed, FixtureError
from batchctl.truto.calls import STANDARD_METHODS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call

_RECORD_FILES = "json (or .yaml, .ndjson, .csv)"
_ANSWER_FILES = "json (or .yaml)"


class FixtureBackend:
    """``FOLDER/unified/crm/contacts.json`` answers calls on ``crm/contacts``; see ``docs/fixtures.md``.

    Raises ``FixtureError`` when ``folder`` or its faults file can't be used.
    """

    def __init__(self, folder: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise FixtureError(
                f"the fixtures folder {folder} {what}",
                hint="create it, or name one with --fixtures or the file's fixtures key",
            )
        self._folder = folder
        self._sleep = sleep
        self._faults = FaultList(read_faults(folder))
        self._tables: dict[str, Table] = {}
        self._answers: dict[tuple[str, ...], JsonValue] = {}

    async def send(self, call: Call) -> Reply:
        """The answer to one call.

        Raises ``FixtureError`` for a file that can't be used, ``ConnectionFailed`` where a fault says so.
        """
        return await self._fault(call) or self._answer(call)

    async def aclose(self) -> None:
        """Nothing is held open."""

    async def _fault(self, call: Call) -> Reply | None:
        fault = self._faults.strike(call)
        if fault is None:
            return None
        if fault.wait_s:
            await self._sleep(fault.wait_s)
        if fault.drop:
            raise ConnectionFailed("the connection broke off before an answer came (faults file)")
        return fault.reply()

    def _answer(self, call: Call) -> Reply:
        if call.resource in self._tables and call.method in STANDARD_METHODS:
            return _standard(self._tables[call.resource], call)
        segments = [_door(call), *call.resource.split("/")]
        custom = call.method not in STANDARD_METHODS
        if not all(map(is_name, [*segments, call.method] if custom else segments)):
            # The name would lead out of the folder, or can't be a file's: there is none to suggest.
            return refusal(404, f"no fixture can be named for {call.method} on {call.resource}")
        return self._custom(call, [*segments, call.method]) if custom else self._first(call, segments)

    def _first(self, call: Call, segments: list[str]) -> Reply:
        table = self._table(call.resource, segments)
        return _missing(call.resource, segments, _RECORD_FILES) if table is None else _standard(table, call)

    def _custom(self, call: Call, segments: list[str]) -> Reply:
        key = tuple(segments)
        if key not in self._answers:
            path = find_file(self._folder, segments, DATA_FORMATS)
            if path is None:
                return _missing(f"{call.method} on {call.resource}", segments, _ANSWER_FILES)
            self._answers[key] = read_data(path)
        value = clone(self._answers[key])
        return Reply(200, {"result": value} if _door(call) == "unified" else value)

    def _table(self, resource: str, segments: list[str]) -> Table | None:
        """The records of a resource, read when first asked for; a file that is missing is looked for again."""
        if resource not in self._tables:
            path = find_file(self._folder, segments)
            if path is None:
                return None
            self._tables[resource] = Table(segments[-1], read_records(path))
        return self._tables[resource]


def _standard(table: Table, call: Call) -> Reply:
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


def _door(call: Call) -> str:
    return "unified" if "/" in call.resource else "proxy"


def _missing(what: str, segments: list[str], endings: str) -> Reply:
    return refusal(404, f"no fixture for {what}: create {'/'.join(segments)}.{endings}")
