"""All recorded runs: a folder of them, one folder and one database each, so that a damaged one harms no other."""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.json_types import read_json
from batchctl.patterns import lazy_regex
from batchctl.store import pruning
from batchctl.store.database import create, explained, put_facts, reopen
from batchctl.store.facts import RunFacts, keyed_hash
from batchctl.store.lock import Lock, is_locked
from batchctl.store.run import DATABASE, LOCK, RESPONSE, ROWS_FILE, RunRecord
from batchctl.structs import Public

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunInfo, State
    from batchctl.store.pruning import PruneLimits

LATEST = "latest"
# The ids of all runs in the order in which they began, a line each.
ORDER = "order"
_ID = lazy_regex(r"\d{8}-\d{6}-[0-9a-f]{6}")
# What earlier versions called them.
_KINDS = {"service": "truto"}


class RunStore(Public, frozen=True):
    """All recorded runs: a folder with a folder for each run. ``folder`` is created for the first one.

    A run is named by its id or the beginning of one, or by ``latest``. ``clock`` returns Unix time in seconds. Every
    method raises ``StoreError`` for a folder or run that can't be used.
    """

    folder: Path
    clock: Callable[[], float] = time.time

    def begin(self, about: RunInfo) -> RunRecord:
        """The record of a new run, locked by this process until it is closed; ``about`` is what is stored of the run.

        Runs beyond the default limits of ``prune`` are deleted first.
        """
        self.prune()
        folder = self._new_folder()
        return new_record(folder, about, self.clock)

    def reopen(self, run_id: str) -> RunRecord:
        """The record of the run ``run_id``, open for writing, to resume it.

        Raises ``StoreError`` also while another process has it open.
        """
        return open_record(self._find(run_id), self.clock)

    def list(self) -> Sequence[RunFacts]:
        """Every run, the latest first; one that can't be read is included, with its ``problem``."""
        return [_facts(folder) for folder in self._folders()]

    def get(self, run_id: str) -> RunFacts:
        """The facts of the run ``run_id``. Raises ``StoreError`` where there is no such run, or more than one."""
        return _facts(self._find(run_id))

    def response(self, run_id: str) -> Path | None:
        """The file with the response body of the run ``run_id``; None where none is stored."""
        path = self._find(run_id) / RESPONSE
        return path if path.is_file() else None

    def rows(self, run_id: str) -> Iterator[JsonObject]:
        """The stored rows of a run of ``--each``, as ``{"account": …, "args": …}``; nothing where none are stored.

        An account that is None is the definition's own.
        """
        path = self._find(run_id) / ROWS_FILE
        if not path.is_file():
            return
        with explained(path), path.open(encoding="ascii") as file:
            for line in file:
                row = read_json(line)
                if not isinstance(row, dict):
                    raise StoreError(f"can't use {path}: a line of it is no row")
                yield row

    def row_results(self, run_id: str) -> Iterator[tuple[int, str]]:
        """The rows of a run of ``--each`` that succeeded: each as its number and the JSON text of its result."""
        path = self._find(run_id) / DATABASE
        with explained(path), closing(reopen(path)) as connection:
            yield from connection.execute("SELECT number, body FROM each_row ORDER BY number")

    def prune(self, limits: PruneLimits | None = None) -> tuple[str, ...]:
        """Delete runs beyond ``limits`` (None: 30 days, 1 GiB), except those in progress; the ids of those deleted."""
        return pruning.prune(self._folders(), limits or pruning.PruneLimits(), self.clock())

    def remove(self, run_id: str) -> str:
        """Delete the run that ``run_id`` names, and return its whole id. Raises ``StoreError`` if it is in progress."""
        folder = self._find(run_id)
        if not pruning.remove(folder):
            raise StoreError(f"run {folder.name} is still in progress")
        return folder.name

    def _folders(self) -> Sequence[Path]:
        with explained(self.folder):
            if not self.folder.is_dir():
                return []
            found = [each for each in self.folder.iterdir() if _ID.fullmatch(each.name)]
            order = {name: place for place, name in enumerate(self._order())}
            # What began before the order was written down is older than all that is in it.
            return sorted(found, key=lambda each: (order.get(each.name, -1), each.name), reverse=True)

    def _order(self) -> Sequence[str]:
        """The ids of runs as they began: the clock of a machine may go back, and several may share the folder."""
        try:
            return (self.folder / ORDER).read_text("utf-8", "replace").split()
        except OSError:
            return ()

    def _note_order(self, name: str) -> None:
        """Append a new run; without this line it is listed by its id."""
        with suppress(OSError):
            handle = os.open(self.folder / ORDER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, f"{name}\n".encode())
            finally:
                os.close(handle)

    def _find(self, run_id: str) -> Path:
        folders = self._folders()
        if not folders:
            raise StoreError("there are no runs yet", hint=f"they are kept in {self.folder}")
        found = folders[:1] if run_id == LATEST else [each for each in folders if each.name.startswith(run_id)]
        if len(found) != 1 or not run_id:
            what = "more than one run begins with" if found else "no run is called"
            raise StoreError(f'{what} "{run_id}"', hint="batchctl runs lists them")
        return found[0]

    def _new_folder(self) -> Path:
        with explained(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            now_s = self.clock()
            # To the millisecond, so that the latest of two runs that began in one second sorts last.
            moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now_s)) + f"-{int(now_s % 1 * 1000):03x}"
            while True:
                folder = self.folder / f"{moment}{secrets.randbelow(4096):03x}"
                try:
                    folder.mkdir(mode=0o700)
                except FileExistsError:
                    continue
                self._note_order(folder.name)
                return folder


def new_record(folder: Path, about: RunInfo, clock: Callable[[], float], *, durable: bool = True) -> RunRecord:
    """The record of a new run in ``folder``, which must exist and be empty.

    ``about`` is what is stored of the run; ``clock`` returns Unix time in seconds. Without ``durable`` writing is
    faster, but a power cut may damage the record. Raises ``StoreError`` where it can't be written.
    """
    lock = Lock.take(folder / LOCK)
    if lock is None:
        raise StoreError(f"the new run {folder.name} is in use already")
    salt = secrets.token_bytes(16)
    facts: JsonObject = {
        "salt": salt.hex(),
        "kind": about.kind,
        "file": about.file,
        "host": about.host,
        "started_s": clock(),
        "content": keyed_hash(about.content, salt, 32).hex(),
        "inputs": about.inputs,
        "key": about.key,
    }
    with ExitStack() as undo:
        undo.callback(lock.release)
        connection = create(folder / DATABASE, durable=durable)
        undo.callback(connection.close)
        with explained(folder / DATABASE):
            put_facts(connection, facts)
        record = RunRecord(folder, connection, lock, clock)
        undo.pop_all()
        return record


def open_record(folder: Path, clock: Callable[[], float], *, durable: bool = True) -> RunRecord:
    """The record of the run in ``folder``. Raises ``StoreError`` for one that is in progress, damaged or missing.

    ``clock`` returns Unix time in seconds. Without ``durable`` writing is faster, but a power cut may damage the
    record.
    """
    lock = Lock.take(folder / LOCK)
    if lock is None:
        raise StoreError(f"run {folder.name} is still in progress", hint="wait for it, or stop it first")
    with ExitStack() as undo:
        undo.callback(lock.release)
        with explained(folder):
            pruning.forget_size(folder)
        connection = reopen(folder / DATABASE, durable=durable)
        undo.callback(connection.close)
        record = RunRecord(folder, connection, lock, clock)
        undo.pop_all()
        return record


def _facts(folder: Path) -> RunFacts:
    try:
        return _read_facts(folder)
    except StoreError as error:
        problem = str(error)
    except KeyError:
        problem = "it ended before it had begun"
    except (TypeError, ValueError):
        problem = "its facts are not what batchctl writes"
    return RunFacts(folder.name, "", "", pruning.began_s(folder), "damaged", problem=problem)


def _read_facts(folder: Path) -> RunFacts:
    with explained(folder / DATABASE):
        with closing(reopen(folder / DATABASE)) as connection:
            rows = connection.execute("SELECT name, value FROM fact").fetchall()
            calls = connection.execute("SELECT count(*) FROM call").fetchone()[0]
            done = connection.execute("SELECT count(*) FROM each_row").fetchone()[0]
        known = {name: json.loads(value) for name, value in rows}
    inputs, summary = known.get("inputs"), known.get("summary")
    finished_s, key = known.get("finished_s"), known.get("key")
    return RunFacts(
        id=folder.name,
        kind=_KINDS.get(known["kind"], str(known["kind"])),
        file=str(known["file"]),
        host=str(known["host"]),
        started_s=float(known["started_s"]),
        finished_s=None if finished_s is None else float(finished_s),
        state=_state(known.get("status"), folder),
        summary=summary if isinstance(summary, dict) else {},
        calls=calls,
        rows=done,
        inputs=inputs if isinstance(inputs, dict) else None,
        key=key if isinstance(key, str) else None,
    )


def _state(status: object, folder: Path) -> State:
    match status:
        case "ok":  # the word of earlier versions
            return "succeeded"
        case "succeeded" | "failed" | "interrupted" | "refused":
            return status
    return "running" if is_locked(folder / LOCK) else "incomplete"
