"""The rows of one run: those that succeeded are kept as they end, so that another run needs only the rest."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.execution.history import OpenRun, RowHistory
from batchctl.execution.notices import NotRecorded, RunStarted
from batchctl.execution.packed import pack, unpack
from batchctl.execution.row_end import RowEnd
from batchctl.json_types import NotJson, read_json, write_json
from batchctl.redaction import UnknownSecret
from batchctl.service.answer import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from batchctl.execution.history import History
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_end import Row
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.redaction import Redactor, Seal
    from batchctl.store.facts import RunInfo, Status
    from batchctl.store.run import RunRecord
    from batchctl.store.runs import RunStore


# The key by which the result of a sync job's run is told from an answer, which has "result" and "errors".
_SYNC = "sync"


class RowJournal:
    """Records the rows of one run in ``store``; ``resumed`` is the record of an earlier run to resume, if any.

    ``plan_of`` returns a row's plan, which a stored result needs to be read.
    """

    def __init__(
        self,
        store: RunStore,
        about: RunInfo,
        redactor: Redactor,
        plan_of: Callable[[Row], Plan],
        *,
        resumed: RunRecord | None = None,
    ) -> None:
        self._plan_of = plan_of
        self._store = store
        self._about = about
        self._redactor = redactor
        self._record = resumed
        self._resumed = resumed is not None

    @property
    def key(self) -> str | None:
        """The idempotency key to which each row adds its number; a resumed run keeps its own."""
        return self._record.key if self._record and self._resumed else self._about.key

    @property
    def run_id(self) -> str | None:
        """The id by which the run can be resumed; None where nothing is recorded."""
        return self._record.id if self._record else None

    @property
    def open_record(self) -> RunRecord | None:
        """The record of all rows while it is open; None where nothing is recorded."""
        return self._record

    @contextmanager
    def opened(self, notify: Notify, rows: Iterable[Row] = ()) -> Iterator[None]:
        """A context in which the record is open.

        Where the store can't be used a notice says so, and nothing is recorded.

        ``rows`` are stored too where the definition is, so that the run can be resumed without their file. Raises
        ``StoreError`` where a resumed run can't be used, or the rows can't be stored.
        """
        if self._record is None:
            try:
                self._record = self._store.begin(self._about)
            except StoreError as error:
                notify(NotRecorded(str(error)))
        try:
            if self._record is not None:
                if self._resumed:
                    self._record.put(status=None, finished_s=None)
                if self._about.inputs is not None:
                    self._record.save_rows(_line_of(row) for row in rows)
                notify(RunStarted(self._record.id))
            yield
        finally:
            if self._record is not None:
                self._record.close()

    def history(self, row: Row) -> History:
        """Where the run of one row is recorded while it is in progress."""
        return _RowRun(self, row)

    def open_row(self, row: Row, about: RunInfo) -> OpenRun:
        """The record of one row's run. Raises ``StoreError``."""
        if self._record is None:
            raise StoreError("the run of the rows is not recorded")
        return RowHistory(self._folder(self._record, row), self._store).open(about)

    def recall(self, row: Row) -> RowEnd | None:
        """How a row ended in an earlier run, if it succeeded then; else None. Raises ``StoreError``."""
        kept = self._record.recall_row(_name(self._record, row)) if self._record and self._resumed else None
        if self._record is None or kept is None:
            return None
        plan = self._plan_of(row)
        try:
            text = self._seal(self._record).opened(kept[1])
        except UnknownSecret:
            if not plan.writes:
                return None
            raise StoreError(
                f"the saved result of row {row.number} holds a secret that is not known any more",
                hint="resume with the token, variables and arguments of the first run, or start a new run",
            ) from None
        body = response_of(text)
        is_sync = {_SYNC, "outcomes"} <= body.keys()
        result = unpack(text, plan.steps) if is_sync else read_answer(body, plan.steps, elapsed_s=0.0)
        return RowEnd(row.number, row.account, row.args, result)

    def record(self, row: Row, end: RowEnd) -> None:
        """Store a row that succeeded; one with errors is run again when the run is resumed. Raises ``StoreError``."""
        if self._record is None or end.result is None or not end.ok:
            return
        text = write_json(end.result.body()) if end.result.sync is None else pack(end.result)
        text = self._seal(self._record).sealed(text)
        self._record.record_row(_name(self._record, row), row.number, end.result.status, text)
        shutil.rmtree(self._folder(self._record, row), ignore_errors=True)

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run of all rows ended. ``summary`` has the counts of the rows."""
        if self._record is not None:
            self._record.finish(status, summary)

    def _seal(self, record: RunRecord) -> Seal:
        """Keeps the secrets of the run out of the store, and puts them back when a later run knows them too."""
        return self._redactor.seal(record.call_name("seal"))

    @staticmethod
    def _folder(record: RunRecord, row: Row) -> Path:
        return record.rows_folder / _name(record, row).hex()


def response_of(text: str) -> JsonObject:
    """The response body in a stored ``text``. Raises ``StoreError`` for text that no row's record has."""
    try:
        body = read_json(text)
    except NotJson:
        body = None
    if not isinstance(body, dict):
        raise StoreError("the journal of the run holds a row that can't be read")
    return body


class _RowRun:
    """The history of one row."""

    def __init__(self, journal: RowJournal, row: Row) -> None:
        self._journal = journal
        self._row = row

    def open(self, about: RunInfo) -> OpenRun:
        """Its record. Raises ``StoreError``."""
        return self._journal.open_row(self._row, about)


def _name(record: RunRecord, row: Row) -> bytes:
    """What stands for a row. It is the same if its account and arguments are, and it is the n-th of these."""
    return record.call_name({"account": row.account, "args": row.args, "occurrence": row.occurrence})


def _line_of(row: Row) -> str:
    """A row as a line of a file. ASCII, so that also half a character (a lone surrogate) can be stored."""
    return write_json({"account": row.account, "args": row.args}, ascii_only=True)
