"""One row in the store: who has it, the answers that came, and how it ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.execution.history import OpenRun
from batchctl.store.facts import keyed_hash
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchctl.execution.row_end import Row
    from batchctl.fleet.store import Store
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.store.facts import RunInfo, Status

RESULT, FILES = "result", "files"


class TakenOver(StoreError):
    """Raised when a row was given to another worker, so that this one must not write any more."""


def row_prefix(run_id: str, row: Row, salt: bytes) -> str:
    """The beginning of all names in the store that belong to one row: ``RUN/rows/ab/abcd…``.

    It has a hash of the row's account, arguments and occurrence, with ``salt``, the job's: without it nobody can guess
    an account from the hash.
    """
    contents: JsonValue = {"account": row.account, "args": row.args, "occurrence": row.occurrence}
    name = keyed_hash(contents, salt).hex()
    return f"{run_id}/rows/{name[:2]}/{name}"


class RowRecord(Struct):
    """A worker's claim on one row, and the record of its run in the store that all workers share.

    Answers to reads are stored with the next write at the latest, those to writes at once; a write is sent only while
    this claim is the newest on its row. ``prefix`` begins the row's names in the store (see ``row_prefix``), ``salt``
    is the job's, ``attempt`` counts the claims on the row from 1, ``number`` is the row's number when it was first
    claimed, from which its idempotency keys are made; ``key`` is the run's own such key, None until it is open. In the
    methods, ``name`` is a call's from ``call_name``, and ``occurrence`` counts the calls of that name in the run from
    0. The methods raise ``StoreError``.
    """

    store: Store
    prefix: str
    salt: bytes
    attempt: int
    number: int
    _known: dict[tuple[bytes, int], tuple[int, str]] = field(default_factory=dict)
    _facts: dict[str, JsonValue] = field(default_factory=dict)
    _receipts: dict[str, dict[str, str]] = field(default_factory=dict)
    _new: list[str] = field(default_factory=list)
    _writes: set[tuple[bytes, int]] = field(default_factory=set)
    _parts: int = 0
    key: str | None = None

    @classmethod
    def claim(cls, store: Store, prefix: str, salt: bytes, row: Row, worker: str) -> RowRecord:
        """Claim a row for ``worker``, its address; earlier claims on it can't write any more.

        ``prefix`` is from ``row_prefix``, ``salt`` the job's. Raises ``StoreError`` where the store can't be used.
        """
        about: JsonObject = {"worker": worker, "number": row.number}
        if store.create(_claim(prefix, 1), json.dumps(about).encode()):
            return cls(store, prefix, salt, 1, row.number)
        first = json.loads(store.read(_claim(prefix, 1)) or b"{}")
        about["number"] = number = int(first.get("number", row.number))
        attempt = 2
        while not store.create(_claim(prefix, attempt), json.dumps(about).encode()):
            attempt += 1
        found = cls(store, prefix, salt, attempt, number)
        found._load()
        return found

    @property
    def id(self) -> str:
        """The row's prefix in the store."""
        return self.prefix

    @property
    def resumed(self) -> bool:
        """Whether the row was claimed before."""
        return self.attempt > 1

    def open(self, about: RunInfo) -> OpenRun:
        """This record as the one that the row's run is written to; its idempotency key is that in ``about``."""
        self.key = about.key
        return OpenRun(self, resumed=self.resumed)

    def _load(self) -> None:
        """What former claims kept. After a run that came to its end, what had failed is asked for again."""
        ended = self.store.read(f"{self.prefix}/{RESULT}") is not None
        for name in sorted(self.store.names(f"{self.prefix}/")):
            if "/calls-" not in name:
                continue
            for line in (self.store.read(name) or b"").decode("ascii").splitlines():
                match json.loads(line):
                    case ["fact", fact, value]:
                        self._facts[fact] = value
                    case ["receipt", node, place, note]:
                        self._receipts.setdefault(node, {})[place] = note
                    case [call, occurrence, status, body] if not ended or 200 <= status < 300:
                        self._known[bytes.fromhex(call), occurrence] = status, body

    def call_name(self, call: JsonValue) -> bytes:
        """A keyed hash of ``call``, JSON of all that the call sends, which can't be read from the hash."""
        return keyed_hash(call, self.salt)

    def recall(self, name: bytes, occurrence: int) -> tuple[int, str] | None:
        """Status and body (JSON text) that earlier claims stored for a call; None where there is none.

        ``name`` and ``occurrence`` are as in the class.
        """
        return self._known.get((name, occurrence))

    def announce(self, name: bytes, occurrence: int) -> None:
        """Before a write is sent, store all answers that it may depend on.

        ``name`` and ``occurrence`` are those of the write; its answer is then stored at once. Raises ``TakenOver``
        where another worker has claimed the row since.
        """
        self.secure()
        self._writes.add((name, occurrence))

    def secure(self) -> None:
        """Before records are delivered: store all answers that they came from.

        Raises ``TakenOver`` where another worker has claimed the row since.
        """
        self._flush()
        self.require_own()

    def record_call(self, name: bytes, occurrence: int, node: str, status: int, body: str) -> None:  # noqa: ARG002 - a row's journal is read by its calls alone
        """Record an answer; one to a write that was announced is stored when this returns.

        ``name`` and ``occurrence`` are the call's, ``node`` is the resource in the file, ``status`` the HTTP status,
        ``body`` the text of the response.
        """
        self._new.append(json.dumps([name.hex(), occurrence, status, body]))
        if (name, occurrence) in self._writes:
            self._flush()

    def record_calls(self, answers: Iterable[tuple[bytes, int, str, int, str]]) -> None:
        """Record several answers, each as ``record_call`` takes it: name, occurrence, node, status, body."""
        for answer in answers:
            self.record_call(*answer)

    def fact(self, name: str) -> JsonValue:
        """The value that ``put`` recorded under ``name``, with this claim or an earlier one; None without one."""
        return self._facts.get(name)

    def put(self, **facts: JsonValue) -> None:
        """Record values under their names; they are stored before anything is sent or delivered."""
        self._facts.update(facts)
        self._new += [json.dumps(["fact", name, value]) for name, value in facts.items()]

    def note_of(self, node: str, place: str) -> str | None:
        """The note in the receipt of a delivery, empty without one; None for a delivery that was not made.

        ``node`` is the destination's name, ``place`` the key of the delivery in the run.
        """
        return self._receipts.get(node, {}).get(place)

    def notes(self, node: str) -> Sequence[str]:
        """The notes in the receipts of all deliveries of the destination ``node``, in the order of the deliveries."""
        return list(self._receipts.get(node, {}).values())

    def add(self, node: str, place: str, note: str = "") -> None:
        """Store the receipt of a delivery; it is in the store when this returns.

        ``node`` is the destination's name, ``place`` the key of the delivery in the run, ``note`` what is stored with
        it.
        """
        self._receipts.setdefault(node, {})[place] = note
        self._new.append(json.dumps(["receipt", node, place, note]))
        self._flush()

    def require_own(self) -> None:
        """Raise ``TakenOver`` when another worker has claimed the row since."""
        if self.store.read(_claim(self.prefix, self.attempt + 1)) is not None:
            raise TakenOver("another worker has this row now")

    def save_files(self, text: str) -> None:
        """Store the recorded files of the row, for the client to fetch.

        ``text`` is JSON with marks in place of secrets: ``{"files": {path: text}, "failed": sentence or null}``. Raises
        ``TakenOver`` where another worker has claimed the row since.
        """
        self.require_own()
        self.store.write(f"{self.prefix}/{FILES}", text.encode("utf-8", "surrogatepass"))

    def save_end(self, end: JsonObject) -> None:
        """Store how the row ended. Raises ``TakenOver`` where another worker has claimed the row since.

        ``end`` has ``state`` (``succeeded``, ``failed`` or ``refused``), ``elapsed_s``, ``records`` (how many),
        ``error`` (``[sentence, hint or null]``), ``calls`` (``[listed, cases]`` of ``RowCalls``), ``result`` (what
        ``pack`` wrote, with marks in place of secrets), ``delivered`` (an object with the three fields of
        ``DeliveryCounts``), ``state_changes`` (as ``CarriedState.changes``) and ``attempt`` (the row's prefix, a space
        and the claim's number); null where there is none.
        """
        self.require_own()
        self.store.write(f"{self.prefix}/{RESULT}", json.dumps(end, separators=(",", ":")).encode())

    def _flush(self) -> None:
        if not self._new:
            return
        self._parts += 1
        data = "".join(f"{line}\n" for line in self._new).encode("ascii")
        self.store.write(f"{self.prefix}/calls-{self.attempt:04d}-{self._parts:06d}", data)
        self._new.clear()

    def save_response(self, chunks: Iterable[bytes]) -> None:
        """Does nothing with ``chunks``: the result is stored by ``save_end``."""

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Does nothing with ``status`` and ``summary``: how the row ended is stored by ``save_end``."""

    def close(self) -> None:
        """Does nothing: the store is closed where it was opened."""


def _claim(prefix: str, attempt: int) -> str:
    return f"{prefix}/claim-{attempt:04d}"
