"""Answers reads from records that somebody has at hand, and sends nothing: writes, and reads without records, stop.

An answer that nobody knows is an empty one, and its node is noted in ``unanswered``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixture_files import find_file, resource_segments
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.fixture_records import MemoryRecords, id_of
from batchctl.engine.backends.fixture_store import Table, clone
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.backends.local import PatientBackend
from batchctl.template import to_text
from batchctl.truto.calls import READ_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call


class Samples(Protocol):
    """A source of records with which the calls of a dry run are answered.

    ``partial`` are the keys of the nodes for which it has only some of the records. An implementation supplies
    ``answer``.
    """

    partial: frozenset[str]

    async def answer(self, call: Call) -> Reply | None:
        """The answer to ``call``, which reads, in the API's form; None where this source has no records for it."""


class SampleBackend:
    """Answers each read from the first of several sources of records (``places``) that has an answer; sends nothing.

    Writes, and reads for which no source has records, get an empty answer (status 200, an empty list), and the keys of
    their nodes are added to the set ``unanswered``, which also has those of which a source has only some records.
    """

    def __init__(self, places: Sequence[Samples]) -> None:
        self.unanswered = {key for place in places for key in place.partial}
        self._places = places

    async def send(self, call: Call) -> Reply:
        """The answer of the first source that has one; an empty answer for a write, and where no source has any.

        Raises ``FixtureError`` for records that can't be read.
        """
        if call.method in READ_METHODS:
            for place in self._places:
                reply = await place.answer(call)
                if reply is not None:
                    return reply
        self.unanswered.add(call.node)
        return Reply(200, {"result": [], "next_cursor": None} if call.method == "list" else [])

    async def aclose(self) -> None:
        """Does nothing: there is nothing to close."""


class RecordSamples:
    """Records for each node, by its key, with which all calls of the node are answered.

    A ``list`` gets those that match its query, as with fixtures, and a ``get`` the one whose ``id`` is the call's.
    Answers have the form of the API's: ``{"result": [record, …], "next_cursor": …}``, or the record. ``partial`` is
    empty: the records count as complete.
    """

    partial: frozenset[str] = frozenset()

    def __init__(self, records: Mapping[str, Iterable[JsonValue]]) -> None:
        self._tables = {key: Table(key, MemoryRecords(items)) for key, items in records.items()}

    async def answer(self, call: Call) -> Reply | None:
        """The records of the call's node that match it; None for a node without any, or a ``get`` that finds none."""
        table = self._tables.get(call.node)
        if table is None:
            return None
        if call.method == "list":
            # However many a page has, all of them are followed.
            return table.page({name: value for name, value in call.query.items() if name != "limit"})
        reply = table.get(call.id)
        return reply if reply.ok else None


class RunSamples:
    """The records of an earlier run by node key (``result``), each of which answers only one call.

    Which call returned which record is not known. A list gets those that match its query; a query that names none of
    their fields matches all. A ``get`` gets the one with its ``id``. ``failed`` are the keys of the nodes that had
    errors, whose records count as partial.
    """

    def __init__(self, result: Mapping[str, Sequence[JsonValue]], failed: Iterable[str] = ()) -> None:
        self.partial = frozenset(failed)
        self._left = {key: list(records) for key, records in result.items()}

    async def answer(self, call: Call) -> Reply | None:
        """The records of the call's node that match its query and have not been handed out yet.

        None for a node without samples, and for a ``get`` of a record that is not among them.
        """
        left = self._left.get(call.node)
        if left is None:
            return None
        if call.method == "list":
            parts: dict[bool, list[JsonValue]] = {True: [], False: []}
            for record in left:
                parts[_fits(record, call)].append(record)
            self._left[call.node] = parts[False]
            return Reply(200, {"result": clone(parts[True]), "next_cursor": None})
        for place, record in enumerate(left):
            if call.id is not None and id_of(record) == call.id:
                return Reply(200, clone(left.pop(place)))
        return None


class FixtureSamples:
    """The records of a fixtures folder, with the faults of its ``faults.yaml`` but without their waits.

    ``account`` is the id of the integrated account of calls that name none (None: not known, so that these get no
    records where accounts have folders). ``partial`` is empty.
    """

    partial: frozenset[str] = frozenset()

    def __init__(self, folder: Path, account: str | None = None) -> None:
        self._folder = FixtureFolder(folder)
        self._account = account
        self._backends: dict[str | None, PatientBackend] = {}

    async def answer(self, call: Call) -> Reply | None:
        """The answer that a run over the folder would get, an error included; None for a resource without a file.

        Raises ``FixtureError`` for a file that can't be read.
        """
        account = call.account or self._account
        root = self._folder.root_of(account) or ()
        reply = await self._backend_of(account).send(call)
        is_there = reply.ok or find_file(self._folder.path, [*root, *resource_segments(call.resource)])
        return reply if is_there else None

    def _backend_of(self, account: str | None) -> PatientBackend:
        if account not in self._backends:
            backend = FixtureBackend(self._folder, account=account, sleep=_no_wait)
            self._backends[account] = PatientBackend(backend, sleep=_no_wait)
        return self._backends[account]


async def _no_wait(_seconds: float) -> None:
    """A preview does not wait."""


def _fits(record: JsonValue, call: Call) -> bool:
    if not isinstance(record, dict):
        return True
    asked = {name: value for name, value in call.query.items() if name in record and name not in ("limit", "cursor")}
    return all(record[name] is not None and to_text(record[name]) == to_text(value) for name, value in asked.items())
