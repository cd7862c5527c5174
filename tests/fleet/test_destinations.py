"""Workers deliver their rows (``--to`` with ``--on``): what arrives is that of one process, whoever is killed."""

import json
import os
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from postgres import postgres

from fleet.api import contacts
from fleet.processes import account, command, run, started, until, workers_of, write_files

ROWS = 16
CONTACTS = "SELECT truto_integrated_account_id, * FROM crm_contacts"
Found = dict[str, list[tuple[object, ...]]]


def name_in(record: object) -> str:
    """The name of a contact, wherever in a record it is."""
    found: str = re.findall(r"row-\d+ [ab]|of [-\d]+", str(record))[0]
    return found


def named(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Account and name of each record of a table."""
    return sorted((account, name_in(rest)) for account, *rest in rows)


class Received:
    """``bodies`` are the events that came, by id, ``times`` how often each did. While it ``is_down`` it hangs up."""

    def __init__(self) -> None:
        self.url = ""
        self.is_down = False
        self.times: Counter[str] = Counter()
        self.bodies: dict[str, dict[str, object]] = {}

    def records(self) -> list[tuple[object, ...]]:
        found = []
        for body in self.bodies.values():
            payload = body["payload"]
            assert isinstance(payload, dict)
            found += [(payload["meta"]["account"], name_in(each)) for each in payload["records"]]
        return sorted(found)


@contextmanager
def receiving() -> Iterator[Received]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if received.is_down:
                self.close_connection = True
                return
            received.times[event["id"]] += 1
            received.bodies[event["id"]] = event
            try:
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                # A worker that was killed does not read its answer.
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tables(folder: Path) -> Found:
    """What is in the files: by destination, account and name of every record."""
    duckdb = pytest.importorskip("duckdb")
    with closing(sqlite3.connect(folder / "first.sqlite")) as database:
        first = database.execute(CONTACTS).fetchall()
    with closing(duckdb.connect(str(folder / "seen.duckdb"))) as database:
        seen = database.execute(CONTACTS).fetchall()
    return {"first": named(first), "seen": named(seen)}


def to(url: str) -> tuple[str, ...]:
    return ("--to", "seen=duckdb:seen.duckdb", "--to", "first=sqlite:first.sqlite", "--to", f"second={url}")


def expected(letter: str) -> list[tuple[object, ...]]:
    return sorted((account(number), f"row-{number} {letter}") for number in range(1, ROWS + 1))


def delivered(folder: Path, received: Received) -> None:
    """Every record is there once."""
    found = tables(folder)
    assert found["seen"] == sorted((account(n), f"of {account(n)}") for n in range(1, ROWS + 1))
    assert found["first"] == expected("a")
    assert received.records() == expected("b")


@pytest.mark.parametrize("on", [(), ("--on", "local:2")], ids=["one-process", "workers"])
def test_undisturbed(tmp_path: Path, on: tuple[str, ...]) -> None:
    write_files(tmp_path, ROWS)
    with contacts() as api, receiving() as received:
        done = run(tmp_path, api.url, *to(received.url), *on)
        assert done.returncode == 0, done.stderr
        assert f"second: {ROWS} records delivered ({ROWS} deliveries)" in done.stderr
    delivered(tmp_path, received)
    assert set(received.times.values()) == {1}


def test_workers_are_killed_and_the_client_too(tmp_path: Path) -> None:
    write_files(tmp_path, ROWS)
    with contacts() as api, receiving() as received:
        api.slow_s = 0.05
        line = command(api.url, *to(received.url), "--webhook-secret", "made-up-for-the-test", "--on", "local:2")
        with started(tmp_path, line) as process:
            until(lambda: sum(received.times.values()) >= 2)
            os.kill(workers_of(process)[0], signal.SIGKILL)
            until(lambda: sum(received.times.values()) >= 6)
            process.kill()
            process.wait()
        # Workers of a client that is gone stop at their next call.
        done = run(tmp_path, api.url, "--resume", "latest", file=False)
        assert done.returncode == 0, done.stderr
        assert set(api.made.values()) == {1}
        secrets = [path for path in tmp_path.rglob("*") if path.is_file() and b"made-up-for" in path.read_bytes()]
        assert secrets == []
    delivered(tmp_path, received)


def test_a_database_server_parquet_and_folders(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    psycopg = pytest.importorskip("psycopg")
    write_files(tmp_path, 6)
    with contacts() as api, postgres() as url:
        places = ("--to", f"first={url}", "--to", "second=parquet:second", "--to", "seen=dir:seen")
        done = run(tmp_path, api.url, *places, "--on", "local:2")
        assert done.returncode == 0, done.stderr
        assert "pass-of-the-test" not in done.stderr
        with psycopg.connect(url) as database:
            assert named(database.execute(CONTACTS).fetchall()) == expected("a")[:6]
    found = duckdb.sql(CONTACTS.replace("crm_contacts", f"'{tmp_path}/second/crm_contacts.parquet'")).fetchall()
    assert named(found) == expected("b")[:6]
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == [f"{n:05d}-{account(n)}" for n in range(1, 7)]


def test_what_is_not_delivered_is_an_error_of_its_row(tmp_path: Path) -> None:
    write_files(tmp_path, 3)
    (tmp_path / "seen").mkdir()
    blocked = tmp_path / "seen" / f"00002-{account(2)}"
    blocked.write_text("in the way", "utf-8")
    with contacts() as api:
        done = run(tmp_path, api.url, "--to", "seen=dir:seen", "--on", "local:2", "-o", "json")
        assert done.returncode == 3, done.stderr
        rows = json.loads(done.stdout)
        assert [bool(row["errors"]) for row in rows] == [False, True, False]
        assert "not delivered: " in rows[1]["errors"]["seen"][0]["message"]
        blocked.unlink()
        again = run(tmp_path, api.url, "--resume", "latest", "-q", file=False)
        assert again.returncode == 0, again.stderr
        assert set(api.made.values()) == {1}
    assert blocked.is_dir()


def test_files_of_this_machine_are_not_for_workers_elsewhere(tmp_path: Path) -> None:
    write_files(tmp_path, 1)
    options = ("--on", "tls://10.0.0.7:8786", "--store", "s3://made-up/rows", "--to", "sqlite:here.sqlite")
    done = run(tmp_path, "http://127.0.0.1:1", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "workers on other machines do not reach it" in done.stderr
