"""``--record DIR``: the calls of a run and their answers, written as a fixtures folder that gives the same result.

``recording.ndjson`` has every call with its answer, in order; beside it the records that were seen stand in files of
their own, to be read and edited.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.engine.answers import read_records
from batchctl.engine.backends.fakes import DEFAULT_RULES, Fakes, read_fakes
from batchctl.engine.backends.fixture_files import is_name, read_fixture, resource_segments
from batchctl.engine.backends.fixture_records import id_of
from batchctl.engine.result import Skipped
from batchctl.errors import BatchctlError, FixtureError, Unanswered
from batchctl.files import not_read, not_written, path_reason
from batchctl.json_types import FileData, without_files, write_json
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.truto.calls import Call

RULES_FILE = "record.yaml"
# The headers of an answer that say how to go on.
_HEADERS = ("retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


class RecordedCall(Struct, frozen=True):
    """A call with its answer, which is None where none came; ``began`` is when it was sent, in Unix time.

    ``took_s`` is how many seconds the answer took.
    """

    call: Call
    reply: Reply | None
    began: float
    took_s: float


class Recorder(Struct):
    """The calls of one run, in the order in which their answers came; ``began`` is its start in Unix time (seconds).

    ``watch`` wraps a backend so that its calls are added. ``clock`` returns Unix time in seconds.
    """

    clock: Callable[[], float] = time.time
    calls: list[RecordedCall] = field(default_factory=list)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.clock()

    def watch(self, backend: Backend) -> RecordingBackend:
        """``backend``, wrapped so that its calls are recorded here."""
        return RecordingBackend(backend, self)


class RecordingBackend(Struct, frozen=True):
    """Passes calls on to ``inner``, and adds each with its answer to ``recorder``."""

    inner: Backend
    recorder: Recorder

    async def send(self, call: Call) -> Reply:
        """The inner backend's answer. Raises its ``ServiceError``; a call that got no answer is recorded, too."""
        began = self.recorder.clock()
        try:
            reply = await self.inner.send(call)
        except Unanswered:
            self._note(call, None, began)
            raise
        self._note(call, reply, began)
        return reply

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()

    def _note(self, call: Call, reply: Reply | None, began: float) -> None:
        self.recorder.calls.append(RecordedCall(call, reply, began, self.recorder.clock() - began))


def prepare_folder(folder: Path) -> None:
    """Create ``folder`` for a recording, before anything runs; if it exists it may only have a ``record.yaml``.

    A missing ``record.yaml``, the rules for what is replaced by fakes, is written with the default rules. Raises
    ``FixtureError`` for a folder or rules that can't be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = sorted(path.name for path in folder.iterdir() if path.name != RULES_FILE)
        if not others and not (folder / RULES_FILE).exists():
            (folder / RULES_FILE).write_text(DEFAULT_RULES, "utf-8")
    except (OSError, ValueError) as error:
        raise _unusable(folder, error) from error
    if others:
        raise FixtureError(f"{folder} holds {others[0]}: a recording needs a folder of its own", hint="name a new one")
    _fakes_of(folder)


def _unusable(folder: Path, error: Exception) -> FixtureError:
    return FixtureError(f"can't record in {folder}: {path_reason(error)}")


def _fakes_of(folder: Path) -> Fakes:
    rules = folder / RULES_FILE
    return read_fakes(read_fixture(rules), str(rules))


def rules_of(folder: Path) -> str:
    """The text of ``record.yaml`` in ``folder``: the rules for what a recording replaces by fakes.

    Raises ``FixtureError`` for a file that is missing or can't be read.
    """
    try:
        return (folder / RULES_FILE).read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise not_read(folder / RULES_FILE, error, FixtureError) from error


def make_folder(folder: Path, rules: str) -> None:
    """Create ``folder``, which may exist, for a recording; ``rules`` is the text of its ``record.yaml``.

    Raises ``FixtureError`` where it can't be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RULES_FILE).write_text(rules, "utf-8")
    except (OSError, ValueError) as error:
        raise _unusable(folder, error) from error


def write_recording(recorded: list[RecordedCall], folder: Path) -> int:
    """Write calls and their answers to ``folder``, as fixtures that answer the same; how many calls were written.

    ``recording.ndjson`` gets a line for each call, and a file per resource (``unified/crm/contacts.json``) its records.
    ``prepare_folder`` must have made the folder; what its ``record.yaml`` names is replaced by fakes. A file that
    exists is replaced. Raises ``FixtureError`` for rules that can't be used, ``UsageError`` for a file that can't be
    written.
    """
    fakes = _fakes_of(folder)
    # In the order in which they were asked: answers may have come in another.
    entries = [fakes.replaced(_entry(each)) for each in sorted(recorded, key=lambda each: each.began)]
    tables = _tables(recorded)
    try:
        with (folder / "recording.ndjson").open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(write_json(entry, ascii_only=True) + "\n" for entry in entries)
        for resource, records in tables.items():
            write_records(folder, resource, fakes.replaced(list(records.values())))
    except OSError as error:
        raise not_written(folder, error) from error
    return len(entries)


def write_records(folder: Path, resource: str, records: JsonValue) -> None:
    """Write ``records``, a list, as JSON to the file of ``resource``: ``FOLDER/unified/crm/contacts.json``.

    Folders are created, a file that exists is replaced. A resource without a slash, of the Proxy API, is under
    ``proxy``. Nothing is written for one whose name can't be a file name. Raises ``OSError``.
    """
    segments = resource_segments(resource)
    if all(map(is_name, segments)):
        path = folder.joinpath(*segments)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(f"{path.name}.json").write_text(write_json(records, indent=1) + "\n", "utf-8")


def _entry(each: RecordedCall) -> JsonObject:
    call, reply = each.call, each.reply
    entry: JsonObject = {"node": call.node} if call.node else {}
    entry |= {"resource": call.resource, "method": call.method, "id": call.id, "query": call.query}
    entry |= {"body": call.body} if call.body is not None else {}
    if reply is None:
        return {**entry, "drop": True}
    headers: JsonObject = {name: reply.headers[name] for name in _HEADERS if name in reply.headers}
    body = _without_contents(reply.body)
    return {**entry, "status": reply.status, **({"headers": headers} if headers else {}), "response": body}


def _without_contents(body: JsonValue) -> JsonValue:
    """What is recorded of an answer: of a file its kind alone, since no rule could replace what is secret in it."""
    if not isinstance(body, FileData):
        return body
    return without_files(FileData(f"a file of {len(body.data)} bytes".encode(), body.kind, body.media))


def _tables(recorded: list[RecordedCall]) -> dict[str, dict[str, JsonValue]]:
    """The records that reads brought, by resource and id; the newest of each, those without an id all."""
    tables: dict[str, dict[str, JsonValue]] = {}
    for each in recorded:
        if each.call.is_write or each.reply is None or not each.reply.ok:
            continue
        table = tables.setdefault(each.call.resource, {})
        try:
            records = read_records(each.call, each.reply)
        except BatchctlError:
            continue
        for record in records:
            if isinstance(record, FileData):
                continue
            record_id = id_of(record)
            table[f"\0{len(table)}" if record_id is None else record_id] = record
    return tables


def write_result(plan: Plan, result: RunResult, folder: Path) -> int:
    """Write the records in ``result``, of a run of ``plan``, to ``folder`` as fixtures; returns for how many resources.

    It is for runs on Truto: which call returned which record is not known, so only a file per resource is written
    (``unified/crm/contacts.json``). ``prepare_folder`` must have made the folder. Raises ``FixtureError`` for rules
    (``record.yaml``) that can't be used, ``UsageError`` for a file that can't be written.
    """
    fakes = _fakes_of(folder)
    tables: dict[str, list[JsonValue]] = {}
    for key, step in plan.steps.items():
        outcome = result.outcomes[key]
        if isinstance(step.node, Request) and not isinstance(outcome, Skipped):
            tables.setdefault(step.node.resource, []).extend(outcome.records)
    try:
        for resource, records in tables.items():
            write_records(folder, resource, fakes.replaced(records))
    except OSError as error:
        raise not_written(folder, error) from error
    return len(tables)
