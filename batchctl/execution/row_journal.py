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
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from batchctl.engine.result import RunResult
    from batchctl.execution.history import History
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_end import Row
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan, Step
    from batchctl.redaction import Redactor, Seal
    from batchctl.store.facts import RunInfo, Status
    from batchctl.store.run import RunRecord
    from batchctl.store.runs import RunStore


# The key by which the result of a sync job's run is told from an answer, which has "result" and "errors".
_SYNC = "sync"


class RowJournal:
    """The record of a run of many rows in ``store``: the rows that succeeded, with those of an earlier attempt.

    ``about`` is what is recorded of the run; ``resumed`` is the record of the run to resume, None for a new run.
    ``plan_of`` returns a row's plan, without which a stored result can't be read. ``redactor`` knows the secrets that
    must not be stored. Within ``opened``, ``recall`` a row first, and ``record`` it when it has ended; call ``finish``
    at the end. ``run_rows`` does all that.
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
        """The run's idempotency key, to which each row adds its number; None without one.

        A resumed run has the key of the first attempt.
        """
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
        """A context in which the record is open; at its end it is closed.

        Where a new run can't be recorded, ``notify`` gets a notice, and nothing is stored. ``rows`` are stored, too, so
        that the run can be resumed without their file, unless the definition or a row has a secret. Raises
        ``StoreError`` where the record of a resumed run can't be written, or the rows can't be stored.
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
        """Where the run of this one row is recorded while it is in progress, as an executor needs it."""
        return _RowRun(self, row)

    def open_row(self, row: Row, about: RunInfo) -> OpenRun:
        """The record for the run of this one row; ``about`` describes it.

        Raises ``StoreError`` where the run of all rows is not recorded, or the row's record can't be created.
        """
        if self._record is None:
            raise StoreError("the run of the rows is not recorded")
        return RowHistory(self._folder(self._record, row), self._store).open(about)

    def recall(self, row: Row) -> RowEnd | None:
        """How the row ended in the run that is resumed, if it succeeded there; otherwise None.

        Raises ``StoreError`` for a stored result that can't be read.
        """
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
        return RowEnd(row.number, row.account, row.args, read_row(text, plan.steps))

    def record(self, row: Row, end: RowEnd) -> None:
        """Store that ``row`` succeeded, with its result; one that did not is not stored, so that it is run again.

        Raises ``StoreError`` where the record can't be written.
        """
        if self._record is None or end.result is None or not end.ok:
            return
        text = write_json(end.result.body()) if end.result.sync is None else pack(end.result)
        text = self._seal(self._record).sealed(text)
        self._record.record_row(_name(self._record, row), row.number, end.result.status, text)
        shutil.rmtree(self._folder(self._record, row), ignore_errors=True)

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run of all rows ended.

        ``summary`` has counts, as ``rows_summary`` makes them: ``{"rows": 9, "failed_rows": [2], "records": 120}``.
        Nothing is done where nothing is recorded. Raises ``StoreError`` where the record can't be written.
        """
        if self._record is not None:
            self._record.finish(status, summary)

    def _seal(self, record: RunRecord) -> Seal:
        """Keeps the secrets of the run out of the store, and puts them back when a later run knows them too."""
        return self._redactor.seal(record.call_name("seal"))

    @staticmethod
    def _folder(record: RunRecord, row: Row) -> Path:
        return record.rows_folder / _name(record, row).hex()


def read_row(text: str, steps: Mapping[str, Step]) -> RunResult:
    """The result of a row from ``text``, as stored with it; ``steps`` are those of its plan, by key.

    Raises ``StoreError`` for text that is no JSON object, and ``BadAnswer`` for one that is no result.
    """
    body = response_of(text)
    is_sync = {_SYNC, "outcomes"} <= body.keys()
    return unpack(text, steps) if is_sync else read_answer(body, steps, elapsed_s=0.0)


def response_of(text: str) -> JsonObject:
    """The response body in ``text``, as stored with a row. Raises ``StoreError`` for text that is no JSON object.

    It is ``{"result", "errors"}``, for a row of a sync job what ``pack`` wrote.
    """
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
