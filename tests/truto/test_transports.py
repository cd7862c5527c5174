"""Both transports give the same answers, and the same errors, whatever the other side does."""

import asyncio
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from batchctl.errors import BatchctlError
from batchctl.truto.connection import Connection, Timeouts
from batchctl.truto.exchange import Exchange
from batchctl.truto.pooled import PooledTransport
from batchctl.truto.single import SingleTransport
from batchctl.truto.unpacking import Bounds

USUAL = Timeouts()
HEADERS = {"Content-Type": "application/json"}
BODY = b'{"result": {}}'
PACKED = zlib.compress(BODY, wbits=31)
JSON = b"content-type: application/json\r\n"


def head(*fields: bytes, status: bytes = b"200 OK") -> bytes:
    """The head of an answer."""
    return b"HTTP/1.1 " + status + b"\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


ANSWERS = {
    "of a length": head(b"content-length: 14") + BODY,
    "of no length": head() + BODY,
    "in chunks": head(b"Transfer-Encoding: chunked")
    + b"3\r\n"
    + BODY[:3]
    + b"\r\nb;x=y\r\n"
    + BODY[3:]
    + b"\r\n0\r\n\r\n",
    "packed": head(b"content-encoding: gzip", b"content-length: %d" % len(PACKED)) + PACKED,
    "packed otherwise": head(b"content-encoding: br", b"content-length: 14") + BODY,
    "packed and cut off": head(b"content-encoding: gzip") + PACKED[:9],
    "after a 100": head(status=b"100 Continue") + head(b"content-length: 14") + BODY,
    "after a 103": head(b"link: </a>", status=b"103 Early Hints") + head(b"content-length: 14") + BODY,
    "empty": head(b"content-length: 0"),
    "204": head(status=b"204 No Content"),
    "without a reason": b"HTTP/1.1 200\r\ncontent-length: 14\r\n\r\n" + BODY,
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
    "refusing": head(b"content-length: 14", b"x-request-id: r-1", status=b"429 Too Many Requests") + BODY,
    "redirecting": head(b"location: https://elsewhere.example/x", b"content-length: 0", status=b"302 Found"),
    "with odd headers": head(b"X-Name:  a b ", b"x-bytes: caf\xc3\xa9", b"x-bad: \xff", b"content-length: 14") + BODY,
    "with a header twice": head(b"x-a: 1", b"x-a: 2", b"content-length: 14") + BODY,
    "with a long header": head(b"x-long: " + b"a" * 60_000, b"content-length: 14") + BODY,
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n" * 3,
    "no number": head(status=b"abc OK") + BODY,
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-le",
    "half a body": head(b"content-length: 100") + BODY,
    "half a chunk": head(b"transfer-encoding: chunked") + b"ff\r\n" + BODY,
    "no last chunk": head(b"transfer-encoding: chunked") + b"e\r\n" + BODY + b"\r\n",
}


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that gives every connection to ``answer``."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    answer(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            # A thread that waits in accept is not woken by closing.
            server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=60)


def request_of(client: socket.socket) -> bytes:
    """A request, read whole."""
    data = b""
    while not data.endswith(b'{"resources": []}'):
        piece = client.recv(1 << 16)
        if not piece:
            break
        data += piece
    return data


def both(url: str, timeouts: Timeouts = USUAL) -> list[object]:
    """What the exchange makes of an answer over each transport."""
    return [asyncio.run(outcome(Exchange(Connection(url, "tok", timeouts), single=single))) for single in (True, False)]


async def outcome(exchange: Exchange) -> object:
    """Everything a caller can see."""
    came = b""
    try:
        async with exchange.send(
            "POST", "/batch-request?a=%2F", bounds=Bounds(), content=b'{"resources": []}', headers=HEADERS
        ) as incoming:
            seen = (incoming.status, incoming.request_id, sorted(incoming.headers.items()))
            async for piece in incoming.pieces():
                came += piece
            return (*seen, came)
    except BatchctlError as error:
        # Why it is not HTTP each says in words of its own.
        said, is_not_http, _ = str(error).partition(" is not HTTP: ")
        return (type(error), said + is_not_http, error.hint, getattr(error, "sent", None), came)
    finally:
        await exchange.aclose()


@pytest.mark.parametrize("name", ANSWERS)
def test_they_agree_about_answers(name: str) -> None:
    def answer(client: socket.socket) -> None:
        request_of(client)
        client.sendall(ANSWERS[name])

    with listening(answer) as url:
        single, pooled = both(url)
    assert single == pooled


def test_the_single_one_is_used_and_imports_no_aiohttp() -> None:
    code = (
        "import sys; from batchctl.truto.connection import Connection; from batchctl.truto.exchange import Exchange;"
        "Exchange(Connection('https://api.example.com', 'tok'), single=True); sys.exit('aiohttp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_proxy_is_what_the_pooled_one_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    connection = Connection("https://api.example.com", "tok")
    assert isinstance(Exchange(connection, single=True)._transport, PooledTransport)
    monkeypatch.setenv("NO_PROXY", "api.example.com")
    assert isinstance(Exchange(connection, single=True)._transport, SingleTransport)


def test_they_send_the_same() -> None:
    seen: list[bytes] = []

    def answer(client: socket.socket) -> None:
        seen.append(request_of(client))
        client.sendall(ANSWERS["of a length"])

    with listening(answer) as url:
        both(url)
    lines = [{line.lower() for line in request.split(b"\r\n")} - {b"connection: close"} for request in seen]
    assert lines[0] == lines[1]
    assert b'{"resources": []}' in lines[0]


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    single, pooled = both(f"http://127.0.0.1:{port}")
    assert single == pooled
    assert "the connection is refused" in str(single)


def test_no_such_name() -> None:
    single, pooled = both("http://nobody.invalid.localhost:1")
    assert type(single) is type(pooled)
    assert "ConnectionFailed" in str(single)
    assert "ConnectionFailed" in str(pooled)


def test_silence_before_and_within_an_answer() -> None:
    answers = iter([b"", b"", *[head(b"content-length: 100") + BODY] * 2])

    def answer(client: socket.socket) -> None:
        request_of(client)
        client.sendall(next(answers))
        # Until the client has had enough.
        client.settimeout(60)
        client.recv(1)

    with listening(answer) as url:
        for came in (b"", BODY):
            single, pooled = both(url, Timeouts(silence_s=0.3))
            assert single == pooled
            assert "nothing came from" in str(single)
            assert repr(came) in str(single)


def test_an_answer_that_takes_too_long_as_a_whole() -> None:
    def answer(client: socket.socket) -> None:
        request_of(client)
        client.settimeout(0.05)
        try:
            client.sendall(head(b"content-length: 1000000"))
            while True:
                client.sendall(b" ")
                try:
                    if not client.recv(1):
                        return
                except TimeoutError:
                    pass
        except OSError:
            return

    with listening(answer) as url:
        outcomes = both(url, Timeouts(call_s=0.5))
    assert all("no whole answer from" in str(each) for each in outcomes)


def test_a_server_that_resets() -> None:
    def answer(client: socket.socket) -> None:
        request_of(client)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with listening(answer) as url:
        single, pooled = both(url)
    assert single == pooled


def test_an_answer_before_the_whole_request_was_read() -> None:
    def answer(client: socket.socket) -> None:
        client.recv(100)
        client.sendall(head(b"content-length: 14", status=b"413 Content Too Large") + BODY)
        client.settimeout(60)
        while client.recv(1 << 16):
            pass

    async def sent(url: str) -> int:
        exchange = Exchange(Connection(url, "tok"), single=True)
        async with exchange.send("POST", "/", bounds=Bounds(), content=b" " * (8 << 20)) as incoming:
            assert await incoming.body() == BODY
            return incoming.status

    with listening(answer) as url:
        assert asyncio.run(sent(url)) == 413


def test_a_cancelled_request_ends_at_once() -> None:
    came, gone = threading.Event(), threading.Event()

    def answer(client: socket.socket) -> None:
        request_of(client)
        came.set()
        client.settimeout(60)
        client.recv(1)
        gone.set()

    async def cancelled(url: str) -> None:
        task = asyncio.create_task(outcome(Exchange(Connection(url, "tok"), single=True)))
        await asyncio.to_thread(came.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with listening(answer) as url:
        asyncio.run(cancelled(url))
        assert gone.wait(60)
