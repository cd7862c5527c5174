"""A sync into a database that is killed with SIGKILL and resumed: every record once, in DuckDB, Parquet, PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from killing_receiver import Receiver, receiving
from postgres import PASSWORD, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("there is no SIGKILL", allow_module_level=True)

JOB = """
label: Pages
default_runtime_version: 4
resources:
  - {name: pages, type: request, resource: wiki/pages, method: list, query: {limit: 2000}}
  - {name: hook, type: destination, destination_type: webhook, resources_to_persist: [pages]}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
  - {name: each, type: transform, depends_on: pages, config: {expression: "resources.wiki.pages.{ 'of': id }"}}
  - {name: without_id, type: destination, destination_type: superquery, resources_to_persist: [each]}
"""
# Three of the five pages fill a transaction.
RECORDS = 10_000
# created, started, five pages, completed
EVENTS = 8


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", "sync", *words, "-q", "--webhook-secret", "shared"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def end(running: subprocess.Popen[str]) -> int:
    _, err = running.communicate(timeout=300)
    assert "Traceback" not in err, err
    assert PASSWORD not in err
    return running.returncode


def tables(kind: str, place: str) -> dict[str, list[Any]]:
    """The ids in both tables, and the receipts that are left."""
    queries = {"pages": "SELECT id FROM wiki_pages", "each": 'SELECT "of" FROM "each"'}
    if kind == "postgresql":
        import psycopg

        with psycopg.connect(place) as connection:
            found = {name: connection.execute(query).fetchall() for name, query in queries.items()}
            found["receipts"] = connection.execute("SELECT place FROM truto_deliveries").fetchall()
    else:
        import duckdb

        file = place if kind == "duckdb" else f"{place}/.batchctl.duckdb"
        with duckdb.connect(file, read_only=True) as connection:
            found = {"receipts": connection.execute("SELECT place FROM truto_deliveries").fetchall()}
            for name, query in queries.items():
                table = query.partition("FROM ")[2].strip('"')
                source = query if kind == "duckdb" else query.partition("FROM ")[0] + f"FROM '{place}/{table}.parquet'"
                found[name] = connection.execute(source).fetchall()
    return {name: sorted(value for (value,) in rows) for name, rows in found.items()}


@pytest.mark.parametrize("number", [3, 6, 7, EVENTS])
@pytest.mark.parametrize("kind", ["duckdb", "parquet", "postgresql"])
def test_every_record_is_there_once(tmp_path: Path, server: str, kind: str, number: int) -> None:
    place = str(tmp_path / "database")
    if kind == "postgresql":
        import psycopg

        place = server
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    ids = [f"p{number:05}" for number in range(RECORDS)]
    (tmp_path / "fixtures" / "unified" / "wiki").mkdir(parents=True)
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "fixtures" / "unified" / "wiki" / "pages.json").write_text(json.dumps([{"id": each} for each in ids]))
    to = place if kind == "postgresql" else f"{kind}:{place}"
    with receiving() as receiver:
        receiver.kill_at, receiver.answered = number, number == EVENTS
        code = killed(tmp_path, receiver, to)
        if code == -9:
            # A password is not kept: it is given again.
            again = ["--to", f"hook=webhook:{receiver.url}", "--to", to] if kind == "postgresql" else []
            code = end(start(tmp_path, "--resume", "latest", *again))
        else:
            # The last answer: the process may be done before the signal comes.
            assert number == EVENTS
        assert code == 0
        posted = {event["id"]: event["payload"]["records"] for event in receiver.events if "record" in event["event"]}
    assert tables(kind, place) == {"pages": ids, "each": ids, "receipts": []}
    assert sorted(record["id"] for records in posted.values() for record in records) == ids


def killed(folder: Path, receiver: Receiver, to: str) -> int:
    running = start(folder, "job.yaml", "--to", f"hook=webhook:{receiver.url}", "--to", to)
    receiver.victim = running.pid
    return end(running)
