"""Deliveries into a database: tables fitted, rows written, receipts noted, all in one transaction."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from batchctl.destinations.tables.batch import ACCOUNT, DELETED, FIXED, JOB, KEY, RUN, SYNCED, batches
from batchctl.destinations.tables.columns import Column, Kind, as_json, stored
from batchctl.destinations.tables.schema import MORE, RECEIPTS, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchctl.destinations.tables.batch import Batch
    from batchctl.destinations.tables.database import Database
    from batchctl.destinations.tables.schema import Table
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue

# How often a transaction is tried while other writers are in the way.
_ATTEMPTS = 5
_CHUNK = 500


class TableStore:
    """Writes the records of runs into the tables of one database, each call in a transaction of its own.

    Every method raises the database's ``errors``. A transaction that conflicts with another writer is tried up to five
    times; ``sleep`` waits for a number of seconds in between.
    """

    def __init__(self, database: Database[Any], *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.database = database
        self._schema = Schema(database)
        self._sleep = sleep
        self._kept: dict[tuple[str, str], set[str]] = {}

    def open(self) -> None:
        """Open the database, and create what batchctl itself needs in it, so that what is wrong with it shows now."""
        self._transaction(lambda: None)

    def write(self, deliveries: Sequence[Delivery], marks: Mapping[str, JsonValue], account: str) -> None:
        """Insert or update the records of ``deliveries``, and note a receipt of each in the same transaction.

        Deliveries that have a receipt already are left out. All are of one run; ``marks`` are its columns
        (``truto_sync_job_run_id`` …), as ``marks_for`` makes them; ``account`` is the id of the integrated account of
        deliveries that name none.
        """
        run = str(marks[RUN])

        def work() -> None:
            missing = [each for each in deliveries if each.place not in self._receipts(run, each.node)]
            for batch in batches(missing, marks, account):
                self._put(batch)
            self._acknowledge(run, missing, str(marks[SYNCED]))

        self._transaction(work)

    def finish(self, run: str) -> None:
        """Delete the receipts of the run with the id ``run``, which is complete and won't be resumed."""
        mark = self.database.mark
        self._transaction(lambda: self._rows(f"DELETE FROM {RECEIPTS} WHERE run = {mark}", (run,)))

    def forget(self, resource: str, marks: Mapping[str, JsonValue], matching: JsonObject, *, hard: bool) -> int:
        """Delete (``hard``), or mark as deleted, the rows of ``resource`` that this run did not write; how many.

        ``resource`` is as in ``Delivery`` (``crm/contacts``). Only rows of the account in ``marks`` are looked at, and
        of these only the ones whose fields have the values in ``matching`` (empty: all). ``marks`` are the run's
        columns as ``marks_for`` makes them: job, account, run and time.
        """
        found: list[str] = []

        def work() -> None:
            table = self._schema.table(resource)
            found[:] = self._unseen(table, marks, matching) if table else []
            for start in range(0, len(found) if table else 0, _CHUNK):
                assert table is not None  # noqa: S101 - asked above
                self._drop(table, found[start : start + _CHUNK], None if hard else str(marks[SYNCED]))

        self._transaction(work)
        return len(found)

    def publish(self) -> None:
        """Write the files that users read, where the database is only a working copy of them (Parquet).

        For any other database it does nothing.
        """
        with self.database.lock:
            self.database.publish()

    def close(self) -> None:
        """Close the connection to the database; the store is not used again."""
        with self.database.lock:
            self.database.close()

    def _transaction(self, work: Callable[[], object]) -> None:
        database = self.database
        with database.lock:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    database.begin()
                    self._schema.refresh()
                    work()
                    database.commit()
                except BaseException as error:
                    database.roll_back()
                    self._schema.forget()
                    self._kept.clear()
                    if attempt == _ATTEMPTS or not isinstance(error, Exception) or not database.is_conflict(error):
                        raise
                    self._sleep(0.05 * 2**attempt)
                else:
                    return

    def _rows(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[JsonValue, ...]]:
        return self.database.rows(statement, values)

    def _receipts(self, run: str, node: str) -> set[str]:
        """The places of a node that were delivered before; asked once, since only this run adds to them."""
        if (run, node) not in self._kept:
            mark = self.database.mark
            query = f"SELECT place FROM {RECEIPTS} WHERE run = {mark} AND node = {mark}"
            self._kept[run, node] = {str(place) for (place,) in self._rows(query, (run, node))}
        return self._kept[run, node]

    def _acknowledge(self, run: str, deliveries: Sequence[Delivery], now: str) -> None:
        marks = ", ".join([self.database.mark] * 4)
        for start in range(0, len(deliveries), _CHUNK):
            part = deliveries[start : start + _CHUNK]
            values = [value for each in part for value in (run, each.node, each.place, now)]
            rows = ", ".join([f"({marks})"] * len(part))
            self._rows(f"INSERT INTO {RECEIPTS} VALUES {rows}", values)

    def _put(self, batch: Batch) -> None:
        table = self._schema.fit(batch)
        columns = [Column(name, name, Kind.TEXT) for name in FIXED]
        values: list[Sequence[JsonValue]] = list(zip(*batch.marks, strict=True))
        for column in table.columns.values():
            columns.append(column)
            values.append(list(stored(batch.values(column.field), column.kind)))
        if table.more:
            columns.append(Column(MORE, MORE, Kind.JSON))
            values.append([_more(record, table) for record in batch.records])
        self.database.upsert(table.name, columns, values)

    def _unseen(self, table: Table, marks: Mapping[str, JsonValue], matching: JsonObject) -> list[str]:
        """The keys of rows of the account that another run brought last and that match."""
        if any(name not in table.columns for name in matching):
            return []
        quoted, mark = self.database.quoted, self.database.mark
        columns = [table.columns[name] for name in matching]
        names = ", ".join([KEY, *(quoted(column.name) for column in columns)])
        owned = f"{ACCOUNT} = {mark}" if marks[ACCOUNT] else f"{ACCOUNT} IS NULL"
        own = (marks[ACCOUNT],) if marks[ACCOUNT] else ()
        query = f"SELECT {names} FROM {quoted(table.name)} WHERE {owned} AND {RUN} <> {mark} AND {DELETED} IS NULL"
        rows = self._rows(query, (*own, marks[RUN]))
        return [str(row[0]) for row in rows if _matches(row[1:], columns, matching)]

    def _drop(self, table: Table, keys: Sequence[str], deleted_at: str | None) -> None:
        name, mark = self.database.quoted(table.name), self.database.mark
        listed = ", ".join([mark] * len(keys))
        if deleted_at is None:
            self._rows(f"DELETE FROM {name} WHERE {KEY} IN ({listed})", keys)
        else:
            self._rows(f"UPDATE {name} SET {DELETED} = {mark} WHERE {KEY} IN ({listed})", (deleted_at, *keys))


def marks_for(run: str, job: JsonValue, account: str, now: str) -> dict[str, JsonValue]:
    """The columns of a row that say where it comes from, as column → value.

    ``truto_sync_job_id`` is ``job``, null for one that is not in Truto; ``truto_integrated_account_id`` is ``account``,
    null where that is empty; ``truto_sync_job_run_id`` is the id ``run``, and ``truto_synced_at`` is ``now``, in ISO
    8601.
    """
    return {JOB: job, ACCOUNT: account or None, RUN: run, SYNCED: now}


def _more(record: JsonObject, table: Table) -> str | None:
    rest = {name: value for name, value in record.items() if name not in table.columns}
    return as_json(rest) if rest else None


def _matches(row: Sequence[JsonValue], columns: Sequence[Column], matching: JsonObject) -> bool:
    return all(
        _holds(_read(value, column.kind), matching[column.field]) for value, column in zip(row, columns, strict=True)
    )


def _read(value: JsonValue, kind: Kind) -> JsonValue:
    if kind is Kind.JSON and isinstance(value, str):
        read: JsonValue = json.loads(value)
        return read
    return bool(value) if kind is Kind.BOOLEAN and value is not None else value


def _holds(value: JsonValue, wanted: JsonValue) -> bool:
    """Whether a value is the wanted one; an object when it holds every wanted key."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(_holds(value.get(key), each) for key, each in wanted.items())
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
