"""``run --each --to``: the records of rows in one database, at a receiver, in folders: real files and sockets."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from batchctl.errors import DeliveryFailed
from batchctl.execution.row_end import RowEnd
from batchctl.render.result.row_causes import causes_across

DEFINITION = """
fixtures: fixtures
resources:
  - {resource: crm/contacts, method: list}
"""
A, B = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.parent.mkdir(parents=True)
    contacts.write_text(json.dumps([{"id": f"c{number}"} for number in range(600)]), "utf-8")
    (tmp_path / "batch.yaml").write_text(DEFINITION, "utf-8")
    (tmp_path / "rows.csv").write_text(f"account\n{A}\n{B}\n", "utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", "run", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def each(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "batch.yaml", "--local", "--each", "rows.csv", *words)


def in_database(folder: Path) -> list[tuple[object, ...]]:
    statement = "SELECT truto_integrated_account_id, count(*) FROM crm_contacts GROUP BY 1 ORDER BY 1"
    with closing(sqlite3.connect(folder / "db.sqlite")) as database:
        return database.execute(statement).fetchall()


def test_each_account_has_its_records_once_however_often_the_rows_run(folder: Path) -> None:
    for _ in range(2):
        done = each(folder, "--to", "sqlite:db.sqlite", "-o", "json")
        assert done.returncode == 0, done.stderr
    assert in_database(folder) == [(A, 600), (B, 600)]
    assert "crm/contacts: 1,200 records delivered (4 deliveries)" in done.stderr
    assert [len(row["result"]["crm/contacts"]) for row in json.loads(done.stdout)] == [600, 600]


def test_equal_records_without_an_id_are_those_of_their_rows(folder: Path) -> None:
    (folder / "fixtures" / "unified" / "crm" / "contacts.json").write_text('[{"name": "same"}]', "utf-8")
    (folder / "rows.csv").write_text(f"account,n\n{A},1\n{A},2\n{A},2\n", "utf-8")
    for _ in range(2):
        done = each(folder, "--to", "sqlite:db.sqlite", "-q", "--allow-unused")
        assert done.returncode == 0, done.stderr
    assert in_database(folder) == [(A, 3)]


def test_a_folder_has_a_folder_for_each_row(folder: Path) -> None:
    done = each(folder, "--to", "crm/contacts=dir:out/", "-q")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (folder / "out").iterdir()) == [f"00001-{A}", f"00002-{B}"]
    lines = (folder / "out" / f"00002-{B}" / "crm/contacts" / "crm_contacts.ndjson").read_text("utf-8").splitlines()
    assert (len(lines), json.loads(lines[0])["truto_integrated_account_id"]) == (600, B)


def test_what_is_not_delivered_is_an_error_of_its_row_and_resume_delivers_it(folder: Path) -> None:
    (folder / "out").mkdir()
    blocked = folder / "out" / f"00002-{B}"
    blocked.write_text("in the way", "utf-8")
    failed = each(folder, "--to", "dir:out", "-o", "json")
    assert failed.returncode == 3, failed.stderr
    first, second = json.loads(failed.stdout)
    assert first["errors"] == {}
    assert "not delivered: out/00002-" in second["errors"]["crm/contacts"][0]["message"]
    assert len(second["result"]["crm/contacts"]) == 600

    delivered = folder / "out" / f"00001-{A}" / "crm/contacts" / "crm_contacts.ndjson"
    before = delivered.stat().st_mtime_ns
    blocked.unlink()
    resumed = run(folder, "--resume", "latest", "-q")
    assert resumed.returncode == 0, resumed.stderr
    assert (blocked / "crm/contacts" / "crm_contacts.ndjson").exists()
    assert delivered.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("first", "then", "sentence"),
    [
        (("--to", "dir:a"), ("--to", "dir:b"), "was started with --to dir:a"),
        ((), ("--to", "dir:b"), "was started without --to"),
        (("--to", "http://u:made-up@127.0.0.1:9/"), (), "has a password, which is not kept"),
    ],
)
def test_a_resumed_run_delivers_where_it_began_to(
    folder: Path, first: tuple[str, ...], then: tuple[str, ...], sentence: str
) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: crm/contacts, status: 403}\n", "utf-8")
    began = each(folder, *first, "-q")
    assert began.returncode == 3, began.stderr
    done = run(folder, "--resume", "latest", *then)
    assert (done.returncode, sentence in done.stderr, done.stdout) == (2, True, ""), done.stderr
    assert "made-up" not in done.stderr + began.stderr + began.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--to", "contact=dir:out"), "nothing that is delivered is called contact"),
        (("--to", "nowhere:x"), "unknown destination nowhere:x"),
    ],
)
def test_what_can_not_be_is_said_before_a_row_runs(folder: Path, words: tuple[str, ...], sentence: str) -> None:
    done = each(folder, *words)
    assert (done.returncode, sentence in done.stderr, done.stdout) == (2, True, ""), done.stderr
    assert not (folder / "out").exists()


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, object]]]]:
    posts: list[dict[str, object]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it has there
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", posts
        server.shutdown()
        thread.join()


def test_a_webhook_is_told_the_row_and_its_account(folder: Path, receiver: tuple[str, list[dict[str, object]]]) -> None:
    url, posts = receiver
    done = each(folder, "--to", url, "-q")
    assert done.returncode == 0, done.stderr
    payloads = [post["payload"] for post in posts]
    told = [(payload["meta"], len(payload["records"])) for payload in payloads if isinstance(payload, dict)]
    assert sorted(told, key=str) == [
        ({"row": 1, "account": A}, 100),
        ({"row": 1, "account": A}, 500),
        ({"row": 2, "account": B}, 100),
        ({"row": 2, "account": B}, 500),
    ]
    assert len({str(post["id"]) for post in posts}) == 4


def test_the_cause_of_rows_that_could_not_run_is_their_own_error() -> None:
    (cause,) = causes_across([RowEnd(1, "a1", {}, error=DeliveryFailed("the webhook did not take it"))])
    assert cause.cause.sentence == "the webhook did not take it"
