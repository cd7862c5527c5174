"""Answers calls from a folder of records, as the service would; changes belong to the caller, not to the files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.faults import FaultList, read_faults
from batchctl.engine.backends.fixture_files import is_name, resource_segments
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.fixture_store import Table, clone, refused
from batchctl.engine.backends.replay import Replay
from batchctl.errors import ConnectionFailed
from batchctl.json_types import FileData
from batchctl.structs import replace
from batchctl.template import to_text
from batchctl.truto.calls import STANDARD_METHODS, is_unified

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from batchctl.engine.backends.faults import Fault
    from batchctl.engine.backends.fixture_records import Records
    from batchctl.engine.backends.fixture_state import State
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call

_RECORD_FILES = "json (or .yaml, .ndjson, .csv)"
_ANSWER_FILES = "json (or .yaml)"
_STANDARD = frozenset(STANDARD_METHODS)


class FixtureBackend:
    """Answers calls from a folder of records: ``crm/contacts`` from ``FOLDER/unified/crm/contacts.json``.

    ``tickets`` of the Proxy API is in ``FOLDER/proxy/tickets.json``; ``docs/fixtures.md`` describes the whole folder.
    Writes change what this backend answers, not the files; with a ``state`` they are stored there, too. Several
    backends may share a folder: each has its own changes, and counts of faults. ``account`` is an id: where accounts
    have folders, the records are those in ``FOLDER/accounts/ID``, and calls get 404 with None. ``sleep`` waits for a
    number of seconds. Raises ``FixtureError`` when the folder or its faults file can't be used.
    """

    def __init__(
        self,
        folder: Path | FixtureFolder,
        *,
        account: str | None = None,
        state: State | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._folder = folder if isinstance(folder, FixtureFolder) else FixtureFolder(folder)
        self._account = account
        self._root = self._folder.root_of(account)
        self._state = state
        self._sleep = sleep
        self._faults = FaultList(read_faults(self._folder))
        self._version = self._folder.version
        self._tables: dict[str, tuple[Records, Table]] = {}
        self._writes = 0
        self._replay = self._recording()
        # Whether an answer may be another than what the records say.
        self._may_differ = bool(self._faults) or self._replay is not None

    def revision(self) -> object:
        """A value that stays equal as long as reads get the same answers, so that these can be cached.

        None where the folder has faults, or answers of a recording, since these can differ from call to call. Raises
        ``FixtureError`` for a file that can't be used.
        """
        self._refresh()
        return None if self._may_differ else (self._version, self._writes)

    async def send(self, call: Call) -> Reply:
        """The answer to one call: 404 for a record, resource or account that the folder does not have.

        Raises ``FixtureError`` for a file that can't be used, and ``ConnectionFailed`` where a fault closes the
        connection, or a recorded answer says that it was closed.
        """
        reply = self.immediate(call)
        if reply is not None:
            return reply
        if self._replay is not None:
            recorded = self._replay.answer(call)
            if recorded is not None:
                is_file = isinstance(recorded.body, FileData)
                return recorded if is_file else replace(recorded, body=clone(recorded.body))
        fault = self._faults.strike(call) if self._faults else None
        if fault is not None:
            reply = await self._faulty(fault)
            if reply is not None:
                return replace(reply, answered_by="fixtures")
        reply = self._marked(self._answer(call))
        return fault.changed(reply) if fault is not None else reply

    def immediate(self, call: Call) -> Reply | None:
        """The answer that ``send`` would give to ``call``, without waiting.

        None where the folder has faults, or answers of a recording: then ``send`` has to be asked. Raises
        ``FixtureError`` for a file that can't be used.
        """
        self._refresh()
        return None if self._may_differ else self._marked(self._answer(call))

    async def aclose(self) -> None:
        """Does nothing: there is nothing to close."""

    @staticmethod
    def _marked(reply: Reply) -> Reply:
        """A refusal says that it is the fixtures'."""
        return reply if reply.ok else replace(reply, answered_by="fixtures")

    def _recording(self) -> Replay | None:
        """The recording in the folder, from its beginning."""
        records = self._folder.records([*(self._root or ()), "recording"])
        return None if records is None else Replay(records)

    async def _faulty(self, fault: Fault) -> Reply | None:
        if fault.wait_s:
            await self._sleep(fault.wait_s)
        if fault.drop:
            raise ConnectionFailed("the connection was closed before an answer came (faults file)")
        return fault.reply()

    def _refresh(self) -> None:
        """Go over to the files as they are now, keeping what was changed here."""
        folder = self._folder
        folder.look()
        if folder.version == self._version:
            return
        version = folder.version
        self._root = folder.root_of(self._account)
        self._faults = self._faults.renewed(read_faults(folder))
        for resource, (old, table) in list(self._tables.items()):
            records = folder.records(self._segments(resource))
            if records is not None and records is not old:
                self._open(resource, records, table.changes())
        self._replay = self._recording()
        self._may_differ = bool(self._faults) or self._replay is not None
        self._version = version

    def _answer(self, call: Call) -> Reply:
        self._writes += call.is_write
        if self._root is None:
            return refused(404, f"these fixtures have no integrated account {self._account or ''}".rstrip())
        is_standard = call.method in _STANDARD
        known = self._tables.get(call.resource) if is_standard else None
        if known is not None:
            return standard_answer(known[1], call)
        segments = self._segments(call.resource)
        names = segments[len(self._root) :] if is_standard else [*segments[len(self._root) :], call.method]
        if not all(map(is_name, names)):
            # The name would lead out of the folder, or can't be a file's: there is none to suggest.
            return refused(404, f"no fixture can be named for {call.method} on {call.resource}")
        return self._first(call, segments) if is_standard else self._custom(call, [*segments, call.method])

    def _first(self, call: Call, segments: list[str]) -> Reply:
        """The first call on a resource: its file is read."""
        records = self._folder.records(segments)
        if records is None:
            return _missing(call.resource, segments, _RECORD_FILES)
        saved = self._state.saved("/".join(self._root or ()), call.resource) if self._state else []
        return standard_answer(self._open(call.resource, records, saved), call)

    def _open(self, resource: str, records: Records, saved: list[tuple[str, JsonValue]]) -> Table:
        save = self._state.saver("/".join(self._root or ()), resource) if self._state else None
        table = Table(resource.rsplit("/", 1)[-1], records, save=save, saved=saved)
        self._tables[resource] = records, table
        return table

    def _custom(self, call: Call, segments: list[str]) -> Reply:
        value = clone(self._folder.data(segments))
        if value is None:
            return _missing(f"{call.method} on {call.resource}", segments, _ANSWER_FILES)
        return Reply(200, {"result": value} if is_unified(call.resource) else value)

    def _segments(self, resource: str) -> list[str]:
        return [*(self._root or ()), *resource_segments(resource)]


def standard_answer(table: Table, call: Call) -> Reply:
    """The answer of ``table`` to a call of one of the standard methods."""
    match call.method:
        case "list":
            return table.page(call.query)
        case "get":
            return table.get(call.id, call.query)
        case "create":
            return table.create(call.body)
        case "update":
            return table.update(written_id(call), call.body)
        case _:
            return table.delete(written_id(call))


def written_id(call: Call) -> str | None:
    """The id of a write; None for none. Some integrations take it in the query or the body, not in the path."""
    if call.id is not None:
        return call.id
    body = call.body if isinstance(call.body, dict) else {}
    given = call.query.get("id", body.get("id"))
    return None if given is None or isinstance(given, dict | list) else to_text(given)


def _missing(what: str, segments: list[str], endings: str) -> Reply:
    return refused(404, f"no fixture for {what}: create {'/'.join(segments)}.{endings}")
