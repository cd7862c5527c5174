"""Over real sockets: no Nagle, deadlines, a process that is killed, a real browser."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.errors import UsageError
from batchctl.server.app import make_app
from batchctl.server.serving import listen, make_server, running, url_of
from batchctl.server.worlds import FixtureWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "fixtures/proxy/rows.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps([{"id": str(n)} for n in range(60)]))
    return tmp_path / "fixtures"


@contextmanager
def process(folder: Path, *options: str, log: Path | None = None) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server of its own, once it answers; what it says on stderr goes to the file ``log``."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "batchctl", "serve", "--fixtures", str(folder), "--port", str(port), *options]
    with (
        (log or folder.parent / "stderr.txt").open("wb") as said,
        subprocess.Popen(command, stderr=said) as server,
    ):
        try:
            _await_health(server, port)
            yield server, f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _await_health(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health")
        except httpx.ConnectError:
            continue
        return
    raise AssertionError("the server does not answer")


def test_small_packets_are_not_held_back() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
        with pytest.raises(UsageError, match="in use"):
            listen("127.0.0.1", listening.getsockname()[1])
        assert url_of(listening).startswith("http://127.0.0.1:")


def test_an_answer_on_an_open_connection_does_not_wait(folder: Path) -> None:
    with running(make_app(FixtureWorld(FixtureFolder(folder)))) as url, httpx.Client() as client:
        taken = []
        for _ in range(10):
            began = time.perf_counter()
            client.get(f"{url}/proxy/rows?integrated_account_id=a")
            taken.append(time.perf_counter() - began)
    # With Nagle's algorithm each one but the first took 40 ms and more.
    assert min(taken[1:]) < 0.035


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: local"])
def test_a_connection_without_a_whole_request_is_closed(folder: Path, sent: bytes) -> None:
    listening = listen("127.0.0.1", 0)
    server = make_server(make_app(FixtureWorld(FixtureFolder(folder))), partial_s=0.2)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        with socket.create_connection(listening.getsockname()) as client:
            client.settimeout(10)
            client.sendall(sent)
            assert client.recv(100) == b""
        # A second request on a connection that is kept has the same time.
        with socket.create_connection(listening.getsockname()) as client:
            client.settimeout(10)
            client.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
            client.sendall(b"GET /ping HTTP/1.1\r\nHo")
            while client.recv(1000):
                pass
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def test_a_body_that_does_not_come_is_a_408(folder: Path) -> None:
    app = make_app(FixtureWorld(FixtureFolder(folder)), body_within_s=0.2)
    with running(app) as url, socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))) as client:
        client.settimeout(10)
        client.sendall(b"POST /batch-request HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
        assert client.recv(1000).startswith(b"HTTP/1.1 408")


def test_a_body_that_is_announced_too_large_is_refused_at_once(folder: Path) -> None:
    # A body that does not come would be a 408, and in a minute only.
    app = make_app(FixtureWorld(FixtureFolder(folder)), body_within_s=60)
    with running(app) as url, socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))) as client:
        client.settimeout(50)
        client.sendall(b"POST /batch-request HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{")
        assert client.recv(1000).startswith(b"HTTP/1.1 413")


def test_what_was_acknowledged_survives_kill_9(folder: Path, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state.sqlite"))
    acknowledged = []
    with process(folder, "-q", *state) as (server, url):
        with httpx.Client(base_url=url) as client:
            for number in range(40):
                made = client.post("/proxy/rows?integrated_account_id=a", json={"number": number})
                acknowledged.append(made.json()["id"])
            client.delete("/proxy/rows/0?integrated_account_id=a")
        server.send_signal(signal.SIGKILL)
        server.wait()
    with process(folder, "-q", *state) as (_, url):
        found: Any = httpx.get(f"{url}/proxy/rows?integrated_account_id=a&limit=1000").json()["result"]
    ids = [record["id"] for record in found]
    assert set(acknowledged) <= set(ids)
    assert "0" not in ids


def test_the_process_logs_calls_reloads_files_and_stops(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with process(folder, log=log) as (server, url):
        assert httpx.get(f"{url}/proxy/rows/0?integrated_account_id=a").status_code == 200
        (folder / "proxy/rows.json").write_text('[{"id": "new"}]')
        deadline = time.monotonic() + 10
        while httpx.get(f"{url}/proxy/rows/new?integrated_account_id=a").status_code != 200:
            assert time.monotonic() < deadline
        server.send_signal(signal.SIGINT)
        server.wait(timeout=10)
    said = log.read_text("utf-8")
    assert said.startswith(f"serving {folder} on {url}") or f"on {url} (Ctrl-C" in said
    assert "GET /proxy/rows/0?integrated_account_id=a 200" in said


@pytest.mark.parametrize("options", [["--rate-limit", "50"], ["--rate-limit", "0,1"], ["--host", "0.0.0.0"]])
def test_options_that_can_not_be_meant_are_refused(folder: Path, options: list[str]) -> None:
    command = [sys.executable, "-m", "batchctl", "serve", "--fixtures", str(folder), "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_whoami_works_against_it(folder: Path) -> None:
    (folder / "account.yaml").write_text("id: acc-1\nintegration: {name: hubspot}\nenvironment_id: env-1\n")
    with process(folder, "-q", "--token", "s3cret-token") as (_, url):
        command = [
            sys.executable,
            "-m",
            "batchctl",
            "whoami",
            "--api-url",
            url,
            "--token",
            "s3cret-token",
            "-o",
            "json",
        ]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        told = json.loads(done.stdout)
        assert (told["environment"], told["integration"], told["status"]) == ("env-1", "hubspot", "active")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_the_page_in_a_real_browser(folder: Path, tmp_path: Path) -> None:
    with running(make_app(FixtureWorld(FixtureFolder(folder)))) as url:
        httpx.get(f"{url}/proxy/rows?integrated_account_id=a&limit=<b>1</b>")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        command = [str(CHROMIUM), *flags, f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", f"{url}/"]
        dom = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120).stdout
    assert "<h2>Recent calls</h2>" in dom
    assert '<tr class="error"><td>400</td><td>GET</td>' in dom
    assert "rows: list, get, create, update, delete" in dom
    assert "<b>1</b>" not in dom
