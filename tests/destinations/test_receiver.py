"""The other side of a webhook, asked over a real socket: what it takes, what it refuses and how."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from batchctl.destinations.envelope import SIGNATURE, headers_for
from batchctl.destinations.receiver import Receiving, receiver
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

EVENT = {"event": "sync_job_run:record", "payload": {"resource": "crm/contacts", "records": [{"id": "a"}]}}


class Heard:
    def __init__(self, port: int) -> None:
        self.port = port
        self.said: list[str] = []
        self.refused: list[str] = []

    def post(self, body: object, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.putrequest("POST", "/")
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders()
            connection.send(data)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())["message"]
        finally:
            connection.close()


@contextmanager
def receiving(**how: Any) -> Iterator[Heard]:
    heard = Heard(0)
    server = receiver("127.0.0.1", 0, Receiving(heard.said.append, heard.refused.append, **how))
    heard.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (EVENT, "sync_job_run:record crm/contacts 1"),
        ({"event": "sync_job_run:started", "payload": {"status": "running"}}, "sync_job_run:started"),
        ({"event": "x\x1b[2J", "payload": 1}, "x\\x1b[2J"),
        ([1], "?"),
    ],
    ids=["records", "start", "control characters", "no event"],
)
def test_a_line_is_said_of_each_event(event: object, line: str) -> None:
    with receiving() as heard:
        assert heard.post(event) == (200, "ok")
    assert (heard.said, heard.refused) == ([line], [])


def test_each_event_is_kept_as_it_came(tmp_path: Path) -> None:
    with receiving(out=tmp_path / "new" / "out") as heard:
        assert [heard.post(each)[0] for each in (EVENT, {"event": "half \ud800"})] == [200, 200]
    kept = sorted((tmp_path / "new" / "out").iterdir())
    assert [path.name for path in kept] == ["00001.json", "00002.json"]
    assert [json.loads(path.read_text("utf-8")) for path in kept] == [EVENT, {"event": "half \ud800"}]


def test_a_deep_event_is_kept_whole_or_refused(tmp_path: Path) -> None:
    deep = b'{"event": ' + b"[" * 600 + b"]" * 600 + b"}"
    with receiving(out=tmp_path) as heard:
        status, message = heard.post(deep)
    assert (status, list(tmp_path.iterdir())) in [(200, [tmp_path / "00001.json"]), (500, [])]
    assert (status == 500) == ("nested too deeply" in message)


def test_an_event_that_can_not_be_kept_is_refused_so_that_it_comes_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with receiving(out=tmp_path / "file" / "out") as heard:
        status, message = heard.post(EVENT)
    assert (status, heard.said) == (500, [])
    assert "can't be kept" in message
    assert heard.refused == [f"500 {message}"]


@pytest.mark.parametrize(
    ("body", "length", "status", "message"),
    [
        (b"", "", 411, "no length"),
        (b"{}", "two", 411, "no length"),
        (b"{}", "\xb2", 411, "no length"),
        (b"", str(65 * 2**20), 413, "too long"),
        (b"", "9" * 5000, 413, "too long"),
        (b"{", "1", 400, "not JSON"),
        (b"\xff", "1", 400, "not JSON"),
        (b"[" * 200_000, "200000", 400, "not JSON"),
    ],
    ids=["none", "a word", "a superscript", "too long", "far too long", "half", "no text", "too deep"],
)
def test_what_is_no_event_is_refused(body: bytes, length: str, status: int, message: str) -> None:
    with receiving() as heard:
        found, said = heard.post(body, {"Content-Length": length})
    assert (found, message in said) == (status, True)
    assert heard.refused == [f"{status} {said}"]


def test_only_what_is_signed_with_the_secret_is_taken() -> None:
    body = json.dumps(EVENT).encode()
    digest = hmac.new(b"shared", body, hashlib.sha256).digest()
    in_base64 = f"format=sha256,v={base64.b64encode(digest).decode()}"
    with receiving(secret="shared") as heard:
        given = [headers_for(body, "shared")[SIGNATURE], in_base64, headers_for(body, "other")[SIGNATURE], "", "plain"]
        assert [heard.post(body, {SIGNATURE: each})[0] for each in given] == [200, 200, 401, 401, 401]
    assert len(heard.said) == 2


def test_the_start_of_a_run_can_be_refused_and_nothing_else() -> None:
    with receiving(stop=True) as heard:
        assert heard.post({"event": "sync_job_run:started"}) == (400, "stopped")
        assert heard.post(EVENT) == (200, "ok")


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with receiving() as heard, pytest.raises(UsageError, match=f"can't listen on 127.0.0.1:{heard.port}"):
        receiver("127.0.0.1", heard.port, Receiving(print, print))
