"""Where a run is recorded: as a new one, as one that is resumed, or as a row of many."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

from batchctl.engine.backends.journalled import Journal
from batchctl.engine.result import NotReached, Skipped
from batchctl.errors import StoreError
from batchctl.execution.notices import NotRecorded, ResponseSaved
from batchctl.execution.spillover import SpilloverFile
from batchctl.service.kept import Kept
from batchctl.store.database import explained
from batchctl.store.receipts import Receipts
from batchctl.store.run import RunRecord
from batchctl.store.runs import new_record, open_record
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redactor
    from batchctl.store.facts import RunInfo, Status
    from batchctl.store.runs import RunStore


class Record(Journal, Receipts, Protocol):
    """The record of one run, open for writing: the answers to its calls, its response, and how it ended.

    Runs of sync jobs also store the receipts of their deliveries in it, and named values.
    A ``History`` opens one; ``RunRecord`` is one on disk. The methods raise ``StoreError`` where the record can't be
    written.
    """

    @property
    def id(self) -> str:
        """The id of the run, by which it is shown and resumed."""

    @property
    def key(self) -> str | None:
        """The run's idempotency key; None where it has none."""

    def fact(self, name: str) -> JsonValue:
        """The stored value called ``name``; None where there is none."""

    def put(self, **facts: JsonValue) -> None:
        """Store the keyword arguments as named values, in place of those that had these names."""

    def save_response(self, chunks: Iterable[bytes]) -> None:
        """Store the whole response body (JSON in UTF-8), given in pieces."""

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run ended; ``refused`` as ``status`` means that it could not run.

        ``summary`` has the counts that ``batchctl runs`` shows: ``{"resources": 3, "failed": ["notes"], "records":
        120}``, as ``stored_summary`` makes them; of a run without a result it is empty, or ``{"error": sentence}``.
        """

    def close(self) -> None:
        """Close the record; another process can resume it from now on."""


class OpenRun(Struct, frozen=True):
    """The record of a run that is about to start; ``resumed`` means that it may hold answers of an earlier attempt."""

    record: Record
    resumed: bool = False

    def finish(self, status: Status, summary: JsonObject, notify: Notify) -> None:
        """Store how the run ended, as ``Record.finish`` does.

        A record that can't be written is reported to ``notify``; nothing is raised.
        """
        try:
            self.record.finish(status, summary)
        except StoreError as error:
            notify(NotRecorded(str(error)))


class History(Protocol):
    """Decides where a run is recorded: in a new record, in that of the run which is resumed, or in that of a row.

    An executor calls its ``open`` when its run starts. ``NewRun``, ``ResumedRun`` and ``RowHistory`` are histories;
    another implementation supplies ``open``.
    """

    def open(self, about: RunInfo) -> OpenRun:
        """Open the record for the run that ``about`` describes. Raises ``StoreError`` where there can be none."""


class NewRun(Struct, frozen=True):
    """Gives each run a new record in ``store``.

    It is passed to ``make_executor`` as the history; each run of the executor then opens a record, which can be
    resumed.
    """

    store: RunStore

    def open(self, about: RunInfo) -> OpenRun:
        """A new record for the run that ``about`` describes. Raises ``StoreError`` where it can't be created."""
        return OpenRun(self.store.begin(about))


class ResumedRun(Struct, frozen=True):
    """Gives the run that is resumed its earlier ``record``, which is open already (``reopen`` opens it).

    It is passed to ``make_executor`` as the history.
    """

    record: RunRecord

    def open(self, about: RunInfo) -> OpenRun:  # noqa: ARG002 - its caller made sure that it is this batch
        """The record of the resumed run, whatever ``about`` says: the caller has checked that it is the same batch.

        Raises ``StoreError`` where it can't be written.
        """
        self.record.resume()
        return OpenRun(self.record, resumed=True)


class RowHistory(Struct, frozen=True):
    """Records the run of one row in ``folder``, inside the record of all rows, as long as the row is in progress.

    ``RowJournal`` makes it, and deletes the folder once the row has succeeded and its result is in the record of all
    rows.
    """

    folder: Path
    store: RunStore

    def open(self, about: RunInfo) -> OpenRun:
        """The record of an earlier attempt at this row, or a new one. Raises ``StoreError`` where there can be none."""
        if self.folder.is_dir():
            try:
                record = open_record(self.folder, self.store.clock, durable=False)
            except StoreError:
                shutil.rmtree(self.folder, ignore_errors=True)
            else:
                record.resume()
                return OpenRun(record, resumed=True)
        with explained(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A file that waits for the disk takes longer than a small row: after a power cut the keys of its calls keep
        # a write from being made twice.
        return OpenRun(new_record(self.folder, about, self.store.clock, durable=False))


def opened(history: History, about: RunInfo, notify: Notify) -> OpenRun | None:
    """The record that ``history`` opens; None where there can be none, about which ``notify`` gets a notice."""
    try:
        return history.open(about)
    except StoreError as error:
        notify(NotRecorded(str(error)))
        return None


def stored_summary(result: RunResult) -> JsonObject:
    """The counts of a run that ``batchctl runs`` shows: ``{"resources": 3, "failed": ["notes"], "records": 120}``.

    All three keys are always there: how many resources the run had, the keys of those that failed, and how many records
    came in all. Of a run that was stopped, ``unfinished`` has the keys of the resources that had not finished.
    """
    counts = [outcome.count for outcome in result.outcomes.values() if not isinstance(outcome, Skipped)]
    unfinished: list[JsonValue] = [key for key, each in result.outcomes.items() if isinstance(each, NotReached)]
    return {
        "resources": len(result.outcomes),
        "failed": list(result.failed),
        "records": sum(counts),
        **({"unfinished": unfinished} if unfinished else {}),
    }


class SavedResponse(Struct, frozen=True):
    """Where the response body of one run is stored as it comes: ``bytes`` writes it to ``file``, secrets masked.

    ``run`` is the run's record, None where it is not recorded. ``notify`` gets a notice where a response is kept.
    ``open_response`` provides it, for ``submit``, which fills ``bytes``; call ``finish`` at the end.
    """

    file: SpilloverFile
    bytes: Kept
    notify: Notify
    run: OpenRun | None = None

    @property
    def earlier_key(self) -> str | None:
        """The idempotency key of the attempt that is resumed, which may have reached the API; None without one."""
        return self.run.record.key if self.run and self.run.resumed else None

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run ended. A record that can't be written is reported as a notice; nothing is raised.

        ``refused`` as ``status`` means that it could not run. ``summary`` has the counts that ``batchctl runs`` shows:
        ``{"resources": 3, "failed": ["notes"], "records": 120}``, as ``stored_summary`` makes them; of a run without a
        result it is empty, or ``{"error": sentence}``.
        """
        if self.file.moved and self.file.path is not None:
            self.notify(ResponseSaved(self.file.path))
        if self.run is not None:
            self.run.finish(status, summary, self.notify)


@contextmanager
def open_response(
    history: History | None, about: RunInfo, redactor: Redactor, notify: Notify
) -> Iterator[SavedResponse]:
    """A context that provides the place for a response body: in the run's record, or in a temporary folder.

    It is a temporary folder where ``history`` is None, or the record can't be opened, which is reported as a notice.
    What has come in of a response stays on disk when the context ends with an exception. ``redactor`` masks secrets in
    what is stored. Raises ``StoreError`` where the record can't take a response.
    """
    run = opened(history, about, notify) if history else None
    if run is None or not isinstance(run.record, RunRecord):
        folder = Path(tempfile.mkdtemp(prefix="batchctl-"))
        path = folder / "response.json"
        with SpilloverFile(path.open("w+b", buffering=0), path) as file:
            yield SavedResponse(file, Kept(cast("IO[bytes]", file), redactor), notify)
        # Reached without an error alone: with one, a partial response stays.
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        path = run.record.response_path
        with SpilloverFile(run.record.open_response(), path) as file:
            yield SavedResponse(file, Kept(cast("IO[bytes]", file), redactor), notify, run)
    finally:
        run.record.close()
