"""``run`` against real servers that misbehave, as its user would start it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: METHOD, body: {a: 1}}
"""
READS = FILE.replace("method: METHOD, body: {a: 1}", "method: list")
WRITES = FILE.replace("METHOD", "create")
FINE = b'{"result": {"contacts": [{"id": 1}]}, "errors": {}}'


class Answer:
    """One answer: ``length`` is what its header promises, ``wait`` holds it back until the test ends."""

    def __init__(
        self, status: int = 200, body: bytes = FINE, length: int | None = None, *, wait: bool = False, **headers: str
    ) -> None:
        self.status, self.body, self.wait, self.headers = status, body, wait, headers
        self.length = len(body) if length is None else length


@contextmanager
def service(*answers: Answer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that gives these answers in turn; its address, and the headers of what it got."""
    left, seen, done = list(answers), [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            seen.append(dict(self.headers.items()))
            answer = left.pop(0)
            if answer.wait:
                done.wait(30)
            self.send_response(answer.status)
            self.send_header("content-length", str(answer.length))
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", seen
        finally:
            done.set()
            server.shutdown()
            thread.join()


def command(folder: Path, text: str, url: str, *options: str) -> tuple[list[str], dict[str, str]]:
    (folder / "a.yaml").write_text(text, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), "TRUTO_API_TOKEN": "tok_123456"}
    return [sys.executable, "-m", "batchctl", "run", "a.yaml", "--api-url", url, *options], environment


def run(folder: Path, text: str, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(folder, text, url, *options)
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_answer_is_kept_and_printed_as_it_came(tmp_path: Path) -> None:
    with service(Answer(x_request_id="r-1")) as (url, seen):
        done = run(tmp_path, READS, url, "-o", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, json.loads(FINE))
    assert "Idempotency-Key" not in seen[0]
    assert url.removeprefix("http://") in done.stderr
    assert "account 5c3b5d2e" in done.stderr
    assert "token from TRUTO_API_TOKEN" in done.stderr
    (kept,) = tmp_path.rglob("answer.json")
    assert kept.read_bytes() == FINE
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_query_with_a_mistake_sends_nothing(tmp_path: Path) -> None:
    with service(Answer()) as (url, seen):
        wrong = run(tmp_path, READS, url, "--query", "result.(")
        assert (wrong.returncode, wrong.stdout, seen) == (2, "", [])
        right = run(tmp_path, READS, url, "--query", "result.contacts.id")
    assert (right.returncode, right.stdout, len(seen)) == (0, "1\n", 1)


def test_an_earlier_run_is_queried(tmp_path: Path) -> None:
    with service(Answer(), Answer(body=FINE[:38], length=500)) as (url, _):
        line, environment = command(tmp_path, READS, url)
        show = [*line[:3], "runs", "show", "--query", "result.contacts[0]"]

        def shown() -> subprocess.CompletedProcess[str]:
            return subprocess.run(show, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

        assert run(tmp_path, READS, url).returncode == 0
        whole = shown()
        assert run(tmp_path, READS, url).returncode == 4
        cut = shown()
    assert (whole.returncode, json.loads(whole.stdout)) == (0, {"id": 1})
    assert (cut.returncode, cut.stdout) == (2, "")
    assert "has no whole result for --query" in " ".join(cut.stderr.split())


def test_a_batch_that_writes_is_repeated_under_one_key(tmp_path: Path) -> None:
    with service(Answer(502, b"", retry_after="0"), Answer(429, b"", retry_after="0"), Answer()) as (url, seen):
        done = run(tmp_path, WRITES, url, "-o", "json")
    assert done.returncode == 0
    keys = {headers["Idempotency-Key"] for headers in seen}
    assert (len(seen), len(keys)) == (3, 1)
    assert f"idempotency key {keys.pop()}" in done.stderr
    assert "retry 2" in done.stderr


def test_no_repetition_when_not_wanted(tmp_path: Path) -> None:
    with service(Answer(502, b"")) as (url, _):
        done = run(tmp_path, READS, url, "--retries", "0")
    assert (done.returncode, done.stdout) == (4, "")
    assert "502 Bad Gateway" in done.stderr


def test_what_broke_off_is_salvaged(tmp_path: Path) -> None:
    with service(Answer(body=FINE[:38], length=500, x_request_id="r-7")) as (url, _):
        done = run(tmp_path, READS, url)
    assert (done.returncode, done.stdout) == (4, "")
    assert "ended after 38 bytes (request r-7)" in done.stderr
    (whole,) = tmp_path.rglob("salvaged.json")
    assert str(whole) in done.stderr
    assert json.loads(whole.read_text("utf-8")) == {"result": {"contacts": [{"id": 1}]}}


def test_silence_ends_at_the_time_out(tmp_path: Path) -> None:
    with service(Answer(wait=True)) as (url, _):
        done = run(tmp_path, READS, url, "--timeout", "0.3")
    assert (done.returncode, done.stdout) == (4, "")
    assert "for 0.3 s" in done.stderr
    assert "--timeout" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
@pytest.mark.parametrize(
    ("file", "options", "said"),
    [
        (READS, (), "it only reads: to have its answer, run it again"),
        (WRITES, ("--idempotency-key", "k-1"), "without writing twice, run it again with --idempotency-key k-1"),
    ],
)
def test_ctrl_c_tells_what_is_known(tmp_path: Path, file: str, options: tuple[str, ...], said: str) -> None:
    with service(Answer(wait=True)) as (url, seen):
        line, environment = command(tmp_path, file, url, *options)
        with subprocess.Popen(line, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            process.stderr.readline()
            while not seen:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            assert process.wait() == 130
            told = " ".join(process.stderr.read().split())
    assert re.search(r"interrupted after .* when no answer had come; the batch may still be running on Truto", told)
    assert said in told
    known = re.search(r"batchctl (runs show \S+) shows what is recorded here", told)
    assert known
    shown = subprocess.run(
        [*line[: line.index("run")], *known[1].split()],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "interrupted" in shown.stdout
    assert "the batch may have come to its end there" in shown.stderr
    assert ("its idempotency key is k-1" in " ".join(shown.stderr.split())) == bool(options)


def test_nobody_there(tmp_path: Path) -> None:
    done = run(tmp_path, READS, "http://127.0.0.1:9", "--retries", "0")
    assert (done.returncode, done.stdout) == (4, "")
    assert "the connection is refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_token_over_plain_http(tmp_path: Path) -> None:
    done = run(tmp_path, READS, "http://truto.example")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unencrypted" in done.stderr


def test_a_state_folder_that_cannot_be_used_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("a file", "utf-8")
    with service(Answer()) as (url, _):
        done = run(tmp_path, READS, url, "-o", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, json.loads(FINE))
    assert "this run is not recorded" in done.stderr
