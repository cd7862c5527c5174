"""Sync jobs into databases, as a person runs them: files, a real PostgreSQL server, what is said when it fails."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import PASSWORD, postgres

JOB = """
label: Contacts
default_runtime_version: 4
state_key: contacts
resources:
  - name: contacts
    type: request
    resource: crm/contacts
    method: list
    integrated_account_id: acc
    query: {limit: 2}
    delete_tracking: hard
    delete_tracking_query: {kind: lead}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
CONTACTS = [
    {"id": "a", "kind": "lead", "rate": 1},
    {"id": "b", "kind": "lead", "rate": 1.5},
    {"id": "c", "kind": "other", "rate": "none"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fixtures" / "unified" / "crm").mkdir(parents=True)
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    fill(tmp_path, CONTACTS)
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


def fill(folder: Path, contacts: object) -> None:
    (folder / "fixtures" / "unified" / "crm" / "contacts.json").write_text(json.dumps(contacts), "utf-8")


def sync(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1", **environment}
    command = [sys.executable, "-m", "batchctl", "sync", "job.yaml", "--webhook-secret", "shared", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=known)


def test_what_the_source_has_no_more_goes_from_postgresql(folder: Path, server: str) -> None:
    import psycopg

    def ids() -> list[tuple[object, ...]]:
        with psycopg.connect(server) as connection:
            return connection.execute("SELECT id, rate #>> '{}' FROM crm_contacts ORDER BY id").fetchall()

    done = sync(folder, "--to", server, "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["destinations"] == {"rows": {"delivered": 2, "failed": 0}}
    assert ids() == [("a", "1"), ("b", "1.5"), ("c", "none")]
    fill(folder, CONTACTS[:1])
    done = sync(folder, "--to", server)
    assert done.returncode == 0, done.stderr
    # "c" is none of those that delete_tracking_query is about.
    assert ids() == [("a", "1"), ("c", "none")]
    assert PASSWORD not in done.stdout + done.stderr


def test_parquet_files_are_those_of_all_runs(folder: Path) -> None:
    import duckdb

    assert sync(folder, "--to", "parquet:out").returncode == 0
    fill(folder, [*CONTACTS[:2], {"id": "d", "kind": "lead", "rate": None}])
    done = sync(folder, "--to", "parquet:out")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (folder / "out").iterdir()) == [".batchctl.duckdb", "crm_contacts.parquet"]
    with duckdb.connect() as database:
        rows = database.execute(f"SELECT id, rate FROM '{folder}/out/crm_contacts.parquet' ORDER BY id").fetchall()
    assert rows == [("a", "1"), ("b", "1.5"), ("c", '"none"'), ("d", None)]


def test_a_database_that_another_process_has_open(folder: Path) -> None:
    import duckdb

    with duckdb.connect(str(folder / "db.duckdb")):
        done = sync(folder, "--to", "duckdb:db.duckdb", "-o", "json")
    assert (done.returncode, done.stdout) == (4, "")
    assert "error: db.duckdb can't be written: another process has it open" in done.stderr


@pytest.mark.parametrize("what", ["nobody listens", "a wrong password"])
def test_a_server_that_can_not_be_reached_is_one_sentence_without_the_password(
    folder: Path, server: str, what: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    to = f"postgresql://tester:hush-hush@127.0.0.1:{port}/db"
    if what == "a wrong password":
        to = server.replace(PASSWORD, "hush-hush")
    done = sync(folder, "--to", to, "-o", "json")
    assert (done.returncode, done.stdout) == (4, "")
    assert "error: PostgreSQL 127.0.0.1/" in done.stderr
    assert "hush-hush" not in done.stdout + done.stderr
    kept = [path.read_bytes() for path in (folder / "state").rglob("*") if path.is_file()]
    assert not any(b"hush-hush" in each for each in kept)
    again = sync(folder, "--resume", "latest", "--to", to, "-o", "json")
    assert (again.returncode, "hush-hush" in again.stderr) == (4, False)
    if what == "a wrong password":
        # Resumed with the right one, the run brings everything.
        assert sync(folder, "--resume", "latest", "--to", server).returncode == 0


@pytest.mark.parametrize("to", ["postgresql://us er:hush-hush@[::1", "postgresql://a:hush-hush@h/d?no_such=1"])
def test_a_url_that_can_not_be_read(folder: Path, to: str) -> None:
    done = sync(folder, "--to", to)
    assert (done.returncode, "hush-hush" in done.stderr) == (2, False), done.stderr


@pytest.mark.parametrize(
    ("package", "to", "extra"),
    [
        ("duckdb", "duckdb:x", "destinations"),
        ("duckdb", "parquet:x", "destinations"),
        ("psycopg", "postgresql://h/d", "destinations"),
        ("s3fs", "s3://bucket/x", "buckets"),
        ("gcsfs", "gs://bucket/x", "buckets"),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_installs_it_before_a_run_is_recorded(
    folder: Path, package: str, to: str, extra: str
) -> None:
    (folder / "without" / package).mkdir(parents=True)
    (folder / "without" / package / "__init__.py").write_text(
        f"raise ImportError('no {package}', name='{package}')", "utf-8"
    )
    done = sync(folder, "--to", to, PYTHONPATH=str(folder / "without"))
    assert done.returncode == 2
    assert f"the package {package}, which is not installed" in done.stderr
    assert f"'batchctl[{extra}]'" in done.stderr
    assert list((folder / "state").rglob("run.db")) == []
