"""Faults around a write to ``serve --state``, with an ``Idempotency-Key`` and without, and a start after each.

What was acknowledged is there afterwards, whatever happened, and under one key nothing is made twice.
"""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Process = subprocess.Popen[str]

TARGET = "/proxy/rows?integrated_account_id=a"
WRITES = 6
MANY = 24
# The state file may grow so far on the full disk: more than its tables, less than a few of the large records.
ROOM = 256 << 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "fixtures/proxy/rows.json"
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    return tmp_path / "fixtures"


def limited() -> None:
    """A disk that is full, as far as this process is concerned: no file of it may be larger than ``ROOM``."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


@contextmanager
def serving(folder: Path, before: Callable[[], None] | None = None) -> Iterator[tuple[Process, str]]:
    command = [sys.executable, "-m", "batchctl", "serve", "--fixtures", str(folder), "--port", "0", "-q"]
    state = ["--state", str(folder.parent / "state.db")]
    with subprocess.Popen(
        [*command, *state],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=before,  # noqa: PLW1509 - no thread runs here
    ) as server:
        try:
            assert server.stderr is not None
            said = server.stderr.readline()
            while "http://" not in said and server.poll() is None:
                said += server.stderr.readline()
            assert "http://" in said, said
            yield server, "http://" + said.split("http://")[1].split()[0]
        finally:
            server.kill()


def headers(number: int, keyed: bool) -> dict[str, str]:
    return {"idempotency-key": f"key-{number}"} if keyed else {}


def write(url: str, number: int, keyed: bool, **more: str) -> httpx.Response:
    kind = {"content-type": "application/json"}
    return httpx.post(
        url + TARGET, content=body(number, **more), headers={**kind, **headers(number, keyed)}, timeout=20
    )


def body(number: int, **more: str) -> bytes:
    """The same bytes for the same write, which is repeated under its key; versions of httpx write JSON differently."""
    return json.dumps({"number": number, **more}).encode()


@contextmanager
def sent(url: str, number: int, keyed: bool, *, whole: bool = True) -> Iterator[socket.socket]:
    """A connection on which a write was sent, all of it or without its end, and no answer was read."""
    whole_body = body(number)
    head = [f"POST {TARGET} HTTP/1.1", "host: localhost", "content-type: application/json"]
    head += [
        f"content-length: {len(whole_body)}",
        *(f"{name}: {value}" for name, value in headers(number, keyed).items()),
    ]
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port or 0), timeout=20) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + (whole_body if whole else whole_body[:-1]))
        yield connection


def kill(server: Process) -> None:
    server.send_signal(signal.SIGKILL)
    server.wait()


def numbers(url: str) -> Counter[int]:
    """How many records there are of each number."""
    found: Any = httpx.get(f"{url}{TARGET}&limit=1000", timeout=20).json()["result"]
    return Counter(record["number"] for record in found)


def assert_repeated(url: str, number: int) -> None:
    """The write, sent again under its key, makes no second record; a 409 says that it was interrupted."""
    before = numbers(url)[number]
    again = write(url, number, keyed=True)
    assert again.is_success or again.status_code == 409, again.text
    assert numbers(url)[number] == (1 if again.is_success else before) <= 1


@pytest.mark.parametrize("keyed", [False, True], ids=["without a key", "with a key"])
def test_killed_after_the_answer(folder: Path, keyed: bool) -> None:
    with serving(folder) as (server, url):
        ids = [write(url, number, keyed).raise_for_status().json()["id"] for number in range(WRITES)]
        kill(server)
    with serving(folder) as (_, url):
        assert numbers(url) == dict.fromkeys(range(WRITES), 1)
        if keyed:
            assert [write(url, number, keyed).json()["id"] for number in range(WRITES)] == ids
            assert numbers(url) == dict.fromkeys(range(WRITES), 1)


@pytest.mark.parametrize("keyed", [False, True], ids=["without a key", "with a key"])
def test_killed_before_the_answer(folder: Path, keyed: bool) -> None:
    with serving(folder) as (server, url):
        write(url, 0, keyed).raise_for_status()
        with ExitStack() as open_ones:
            waiting = [open_ones.enter_context(sent(url, number, keyed)) for number in range(1, MANY)]
            # Some are answered by now, some are being worked on, and some are not read.
            select.select(waiting[len(waiting) // 2 :], [], [], 20)
            kill(server)
    with serving(folder) as (_, url):
        found = numbers(url)
        assert found[0] == 1
        assert max(found.values()) == 1
        if keyed:
            for number in range(MANY):
                assert_repeated(url, number)


@pytest.mark.parametrize("keyed", [False, True], ids=["without a key", "with a key"])
def test_closed_around_the_answer(folder: Path, keyed: bool) -> None:
    with serving(folder) as (server, url):
        with sent(url, 0, keyed, whole=False):
            pass
        with sent(url, 1, keyed):
            pass
        with sent(url, 2, keyed) as connection:
            assert connection.recv(15).startswith(b"HTTP/1.1 20")
        if keyed:
            assert_repeated(url, 1)
            assert_repeated(url, 2)
        found = numbers(url)
        assert found[0] == 0
        assert found[1] <= 1
        assert found[2] == 1
        kill(server)
    with serving(folder) as (_, url):
        # One that nobody waits for may be made after it was looked for.
        assert found <= numbers(url) <= Counter({1: 1, 2: 1})


@pytest.mark.parametrize("keyed", [False, True], ids=["without a key", "with a key"])
@pytest.mark.skipif(sys.platform != "linux", reason="how a limit on a file's size is met is Linux's")
def test_a_full_disk(folder: Path, keyed: bool) -> None:
    acknowledged: list[int] = []
    refused: list[int] = []
    with serving(folder, limited) as (_, url):
        for number in range(12):
            answer = write(url, number, keyed, text="x" * 50_000)
            (acknowledged if answer.is_success else refused).append(number)
            if not answer.is_success:
                assert answer.status_code == 500
                assert "bug" not in answer.text
    assert acknowledged
    assert refused
    with serving(folder) as (_, url):
        found = numbers(url)
        assert all(found[number] == 1 for number in acknowledged)
        assert all(found[number] <= 1 for number in refused)
        if keyed:
            for number in acknowledged:
                assert write(url, number, keyed, text="x" * 50_000).is_success
            for number in refused:
                answer = write(url, number, keyed, text="x" * 50_000)
                assert answer.is_success or answer.status_code == 409, answer.text
            assert max(numbers(url).values()) == 1


JOB = {
    "label": "slow",
    "default_runtime_version": 4,
    "resources": [{"name": "rows", "resource": "rows", "method": "list", "integrated_account_id": "a"}],
}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_a_run_of_a_sync_job_that_a_server_leaves_does_not_run_for_ever(folder: Path, number: signal.Signals) -> None:
    (folder / "platform").mkdir()
    of_the_fixtures = {"id": "theirs", "status": "running"}
    (folder / "platform/sync-job-run.json").write_text(json.dumps([of_the_fixtures]), "utf-8")
    (folder / "faults.yaml").write_text("- {resource: rows, method: list, wait_s: 600}\n", "utf-8")

    def run_of(url: str, run_id: str) -> Any:
        return httpx.get(f"{url}/sync-job-run/{run_id}", timeout=20).json()

    with serving(folder) as (server, url):
        job = httpx.post(f"{url}/sync-job", json=JOB, timeout=20).json()
        started: Any = httpx.post(f"{url}/sync-job-run", json={"sync_job_id": job["id"]}, timeout=20).json()
        deadline = time.monotonic() + 60
        while run_of(url, started["id"])["status"] != "running":
            assert time.monotonic() < deadline
        server.send_signal(number)
        server.wait()
    with serving(folder) as (_, url):
        ended = run_of(url, started["id"])
        assert ended["status"] in ("failed", "stopped")
        assert ended["started_at"]
        entries: Any = httpx.get(f"{url}/log?sync_job_run_id={started['id']}", timeout=20).json()["result"]
        said = [entry["message"] for entry in entries]
        assert said == (
            ["the server ended while the run was at work; start another run"] if ended["status"] == "failed" else []
        )
        assert run_of(url, "theirs")["status"] == "running"
