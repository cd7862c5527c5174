"""Where a run is recorded: as a new one, as one that is resumed, or as a row of many."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

from batchctl.engine.backends.journalled import Journal
from batchctl.engine.result import Skipped
from batchctl.errors import StoreError
from batchctl.execution.notices import NotRecorded, ResponseSaved
from batchctl.execution.spillover import SpilloverFile
from batchctl.service.kept import Kept
from batchctl.store.run import RunRecord
from batchctl.store.runs import new_record, open_record
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.redaction import Redactor
    from batchctl.store.facts import RunInfo, Status
    from batchctl.store.runs import RunStore


class Record(Journal, Protocol):
    """The record of a run, open for writing. The methods raise ``StoreError``."""

    @property
    def id(self) -> str:
        """The id of the run."""

    @property
    def key(self) -> str | None:
        """The run's idempotency key."""

    def save_response(self, chunks: Iterable[bytes]) -> None:
        """Store the whole response body (JSON, UTF-8), given in chunks."""

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run ended. ``summary`` has the run's counts, as ``history`` shows them."""

    def close(self) -> None:
        """Close the record; another process can resume it from now on."""


class OpenRun(Struct, frozen=True):
    """A record to write to; ``resumed`` says that its journal may hold responses already."""

    record: Record
    resumed: bool = False


class History(Protocol):
    """Where runs are recorded. An implementation supplies ``open``: the record for a run, new or resumed."""

    def open(self, about: RunInfo) -> OpenRun:
        """Open the record of a run described by ``about``. Raises ``StoreError`` where there can be none."""


class NewRun(Struct, frozen=True):
    """Records every run as a new one in ``store``."""

    store: RunStore

    def open(self, about: RunInfo) -> OpenRun:
        """A new record of the run that ``about`` describes. Raises ``StoreError``."""
        return OpenRun(self.store.begin(about))


class ResumedRun(Struct, frozen=True):
    """Records in the one run that was reopened."""

    record: RunRecord

    def open(self, about: RunInfo) -> OpenRun:  # noqa: ARG002 - its caller made sure that it is this batch
        """The record of the resumed run, whose journal is used. Raises ``StoreError``."""
        self.record.resume()
        return OpenRun(self.record, resumed=True)


class RowHistory(Struct, frozen=True):
    """Records one row's run in ``folder``, inside the record of all rows, until the row itself is recorded there."""

    folder: Path
    store: RunStore

    def open(self, about: RunInfo) -> OpenRun:
        """A new record, or the one of an earlier attempt at this row. Raises ``StoreError``."""
        if self.folder.is_dir():
            try:
                record = open_record(self.folder, self.store.clock, durable=False)
            except StoreError:
                shutil.rmtree(self.folder, ignore_errors=True)
            else:
                record.resume()
                return OpenRun(record, resumed=True)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A file that waits for the disk takes longer than a small row: after a power cut the keys of its calls keep
        # a write from being made twice.
        return OpenRun(new_record(self.folder, about, self.store.clock, durable=False))


def stored_summary(result: RunResult) -> JsonObject:
    """What ``batchctl runs`` shows of a run: numbers of resources and records, names of failed resources."""
    counts = [outcome.count for outcome in result.outcomes.values() if not isinstance(outcome, Skipped)]
    return {"resources": len(result.outcomes), "failed": list(result.failed), "records": sum(counts)}


class SavedResponse(Struct, frozen=True):
    """Where the response body of one run is stored; ``run`` is None where the run is not recorded."""

    file: SpilloverFile
    bytes: Kept
    notify: Notify
    run: OpenRun | None = None

    @property
    def earlier_key(self) -> str | None:
        """The idempotency key of an earlier attempt that may have reached the API; None without one."""
        return self.run.record.key if self.run and self.run.resumed else None

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run ended. A store that can't be written is reported as a notice; nothing is raised.

        ``summary`` has the run's counts, as ``history`` shows them.
        """
        if self.file.moved and self.file.path is not None:
            self.notify(ResponseSaved(self.file.path))
        if self.run is None:
            return
        try:
            self.run.record.finish(status, summary)
        except StoreError as error:
            self.notify(NotRecorded(str(error)))


@contextmanager
def open_response(
    history: History | None, about: RunInfo, redactor: Redactor, notify: Notify
) -> Iterator[SavedResponse]:
    """A context with a place for a response body: in the run's record, or in a folder of its own.

    A record that can't be opened is reported as a notice. A response that can't be used stays on disk in either case.
    Raises ``StoreError`` where the record can't take a response.
    """
    try:
        run = history.open(about) if history else None
    except StoreError as error:
        notify(NotRecorded(str(error)))
        run = None
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
