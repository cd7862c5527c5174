"""What is in a database, read with its own driver and put together to records again, by ``truto_columns``."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg

from batchctl.destinations.base import SyncRun
from batchctl.destinations.choosing import Places
from batchctl.engine.outlets import Delivery, Settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.destinations.base import Destination
    from batchctl.json_types import JsonObject, JsonValue

NOW = "2026-01-02T03:04:05.678Z"


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            return connection.execute(statement.encode()).fetchall()
    scheme, _, path = url.partition(":")
    if scheme == "duckdb":
        with duckdb.connect(path) as database:
            return database.execute(statement).fetchall()
    lite = sqlite3.connect(path)
    try:
        return lite.execute(statement).fetchall()
    finally:
        lite.close()


def columns(url: str, resource: str = "crm/contacts") -> dict[str, tuple[str, str]]:
    """Field → name and kind."""
    log = query(url, "SELECT field, name, kind FROM truto_columns WHERE resource = '" + resource + "' ORDER BY step")
    return {json.loads(field): (name, kind) for field, name, kind in log if field not in ("table", "more")}


def records(url: str, table: str = "crm_contacts", resource: str = "crm/contacts") -> list[JsonObject]:
    """The records as they were delivered, but for fields that are null, in the order of their keys."""
    known = columns(url, resource)
    names = ", ".join('"' + name.replace('"', '""') + '"' for name, _ in known.values())
    rows = query(url, f'SELECT {names} FROM "{table}" ORDER BY truto_key' if known else f'SELECT 1 FROM "{table}"')
    return [
        {
            field: value if url.startswith("postgresql") else _value(value, kind)
            for (field, (_, kind)), value in zip(known.items(), row, strict=False)
            if value is not None
        }
        for row in rows
    ]


def _value(value: Any, kind: str) -> JsonValue:
    if kind == "json" and isinstance(value, str):
        read: JsonValue = json.loads(value)
        return read
    return bool(value) if kind == "boolean" else value


def open_destination(url: str, run: str = "run-1", account: str = "acc") -> Destination:
    places = Places([url], "secret", lambda: NOW)
    return places.destinations({"rows": "superquery"}, SyncRun(run, account, {"sync_job_id": "job-1"}))["rows"]


def page(records: Sequence[JsonValue], place: str = "0.1.0", resource: str = "crm/contacts") -> Delivery:
    return Delivery("rows", "contacts", resource, records, {}, place)


async def put(url: str, *pages: Sequence[JsonValue], run: str = "run-1", start: int = 0) -> list[str | None]:
    """Deliver pages in one go; what went wrong with each."""
    destination = open_destination(url, run)
    try:
        settled: list[Settled] = []
        for number, rows in enumerate(pages, start):
            settled += await destination.deliver(page(rows, f"0.{number}.0"))
        settled += await destination.flush()
        await destination.finish(completed=False)
    finally:
        await destination.aclose()
    return [each.error for each in settled]
