"""Which table a resource has and which columns, as the database itself remembers it, and what has to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from batchctl.destinations.tables.batch import FIXED, KEY
from batchctl.destinations.tables.columns import Column, Kind, kind_of, widened
from batchctl.destinations.tables.names import free_name, table_name
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from batchctl.destinations.tables.batch import Batch
    from batchctl.destinations.tables.database import Database

SCHEMA = "truto_columns"
RECEIPTS = "truto_deliveries"
# The one column for the fields that are too many for columns of their own.
MORE = "truto_more"
# PostgreSQL keeps 18 bytes of every long value in the row itself, and a row has 8 kB.
MAX_COLUMNS = 400
# In place of a field: the line that names the table, and the one of MORE. Fields are written as JSON text.
_TABLE, _MORE = "table", "more"


class Table(Struct):
    """The table that one resource has in the database, with its columns by the name of the field that they hold.

    ``name`` is the table's name, ``resource`` is as in ``Delivery`` (``crm/contacts``). ``more`` says that the records
    have too many fields, and that those without a column are together in one JSON column, ``truto_more``.
    """

    resource: str
    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    more: bool = False

    @property
    def taken(self) -> set[str]:
        """The names, after ``casefold``, that a new column of the table can't have."""
        return {*FIXED, MORE, *(column.name.casefold() for column in self.columns.values())}


class Schema:
    """All tables that sync jobs have made in one database, and the changes that new records need.

    The database keeps them itself, in the table ``truto_columns``: a row for each table and column added or changed.
    Inside each transaction call ``refresh`` first, then ``fit`` for what is to be written; the methods raise the
    database's ``errors``. After a rollback call ``forget``.
    """

    def __init__(self, database: Database[Any]) -> None:
        self._database = database
        self._tables: dict[str, Table] = {}
        self._version = -1

    def refresh(self) -> None:
        """Read the tables again if another run has changed them; to be called when a transaction has begun.

        The first time, the table ``truto_columns`` is created where it is missing.
        """
        if self._version < 0:
            self._create()
        version = self._database.rows(f"SELECT count(*) FROM {SCHEMA}")[0][0]
        if version == self._version:
            return
        self._tables = {}
        query = f"SELECT resource, field, name, kind FROM {SCHEMA} ORDER BY step"
        for resource, written, name, kind in self._database.rows(query):
            self._apply(str(resource), str(written), str(name), str(kind))
        self._version = int(str(version))

    def forget(self) -> None:
        """After a rollback: read everything again next time, since the changes made here are undone."""
        self._version = -1

    def table(self, resource: str) -> Table | None:
        """The table of ``resource`` (``crm/contacts``), None where it has none yet."""
        return self._tables.get(resource)

    def fit(self, batch: Batch) -> Table:
        """The table for ``batch``, created or altered to have a column for each field, wide enough for its values."""
        needed = {name: kind_of(batch.values(name)) for name in batch.fields}
        if self._fits(batch.resource, needed):
            return self._tables[batch.resource]
        self._database.lock_schema()
        self.refresh()
        table = self._tables.get(batch.resource) or self._new_table(batch.resource)
        for name, kind in needed.items():
            column = table.columns.get(name)
            if column is None:
                self._add(table, name, kind)
            elif (wide := widened(column.kind, kind)) is not column.kind:
                self._database.retype(table.name, column, wide)
                self._note(table.resource, json.dumps(name), column.name, wide)
        return table

    def _fits(self, resource: str, needed: dict[str, Kind]) -> bool:
        table = self._tables.get(resource)
        if table is None:
            return False
        for name, kind in needed.items():
            column = table.columns.get(name)
            if column is None:
                if len(table.columns) < MAX_COLUMNS or not table.more:
                    return False
            elif widened(column.kind, kind) is not column.kind:
                return False
        return True

    def _create(self) -> None:
        text = self._database.types[Kind.TEXT]
        number = self._database.types[Kind.LONG]
        self._database.lock_schema()
        self._database.rows(
            f"CREATE TABLE IF NOT EXISTS {SCHEMA} (step {number}, resource {text}, field {text}, name {text}, "
            f"kind {text})"
        )
        self._database.rows(
            f"CREATE TABLE IF NOT EXISTS {RECEIPTS} (run {text}, node {text}, place {text}, delivered_at {text})"
        )

    def _new_table(self, resource: str) -> Table:
        database = self._database
        taken = {SCHEMA, RECEIPTS, *(table.name.casefold() for table in self._tables.values())}
        name = free_name(table_name(resource), taken, database.max_name_bytes)
        text = database.types[Kind.TEXT]
        columns = ", ".join(f"{each} {database.key_type() if each == KEY else text}" for each in FIXED)
        database.rows(f"CREATE TABLE {database.quoted(name)} ({columns})")
        self._note(resource, _TABLE, name, Kind.NOTHING)
        return self._tables[resource]

    def _add(self, table: Table, name: str, kind: Kind) -> None:
        if len(table.columns) >= MAX_COLUMNS:
            if not table.more:
                self._add_column(table, MORE, Kind.JSON)
                self._note(table.resource, _MORE, MORE, Kind.JSON)
            return
        free = free_name(name, table.taken, self._database.max_name_bytes)
        self._add_column(table, free, kind)
        self._note(table.resource, json.dumps(name), free, kind)

    def _add_column(self, table: Table, name: str, kind: Kind) -> None:
        quoted = self._database.quoted
        self._database.rows(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {quoted(name)} {self._database.types[kind]}")

    def _note(self, resource: str, written: str, name: str, kind: Kind) -> None:
        marks = ", ".join([self._database.mark] * 5)
        self._version += 1
        self._database.rows(
            f"INSERT INTO {SCHEMA} VALUES ({marks})",
            (self._version, resource, written, name, kind.value),
        )
        self._apply(resource, written, name, kind.value)

    def _apply(self, resource: str, written: str, name: str, kind: str) -> None:
        if written == _TABLE:
            self._tables[resource] = Table(resource, name)
        elif written == _MORE:
            self._tables[resource].more = True
        else:
            read = json.loads(written)
            column = self._tables[resource].columns.get(read) or Column(read, name, Kind.NOTHING)
            self._tables[resource].columns[read] = replace(column, kind=Kind(kind))
