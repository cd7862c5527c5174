"""Truto's unified API on a loopback socket, which answers one chosen call with a fault, before or after it was done."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HTML = b"<html>gateway</html>"
ANSWERS = {
    "500": (500, b'{"statusCode": 500, "message": "broken"}'),
    "503 without a body": (503, b""),
    "429": (429, b'{"statusCode": 429, "message": "slow down"}'),
    "401": (401, b'{"statusCode": 401, "message": "expired"}'),
    "404": (404, b'{"statusCode": 404, "message": "no such thing"}'),
    "200 without a body": (200, b""),
    "200 with a page": (200, HTML),
    "200 of another shape": (200, b'"queued"'),
    "redirect": (302, b""),
}
KINDS = ("closed", "reset", "half of the headers", "half of the body", "silence", *ANSWERS)


@dataclass
class Service:
    """``fault`` is the kind, the number of the call that it strikes, and whether the call is done first."""

    fault: tuple[str, int, bool] | None = None
    calls: int = 0
    notes: dict[str, dict[str, object]] = field(default_factory=dict)
    port: int = 0
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        """Listen until the block ends."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._connections:
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            # At the end of the test the connections are cancelled, and nobody is interested in how they end.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        number, self.calls = self.calls, self.calls + 1
        method, target, _ = head[0].split(" ", 2)
        if self.fault is None or self.fault[1] != number:
            return await _answer(writer, 200, self._done(method, target, headers, body))
        kind, _, is_done_first = self.fault
        self.fault = None
        usual = self._done(method, target, headers, body) if is_done_first else b'{"result": []}'
        return await _faulty(writer, kind, usual)

    def _done(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        url = urlsplit(target)
        if method == "GET":
            second = "next_cursor" in parse_qs(url.query)
            records = [{"id": str(number)} for number in ((3, 4) if second else (1, 2))]
            return json.dumps({"result": records, "next_cursor": None if second else "c2"}).encode()
        # The same key is the same write, as a service that knows idempotency keys has it.
        key = headers.get("idempotency-key", f"none-{len(self.notes)}")
        self.notes.setdefault(key, {"id": f"n{len(self.notes) + 1}", **json.loads(body)})
        return json.dumps(self.notes[key]).encode()


async def _answer(writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
    more = "location: http://elsewhere.invalid/\r\n" if status == 302 else "retry-after: 0\r\n" if status == 429 else ""
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{more}content-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return True


async def _faulty(writer: asyncio.StreamWriter, kind: str, usual: bytes) -> bool:
    match kind:
        case "reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        case "half of the headers":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-ty")
        case "half of the body":
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(usual)}\r\n\r\n"
            writer.write(head.encode() + usual[: len(usual) // 2])
        case "silence":
            await asyncio.sleep(2)
        case "closed":
            pass
        case _:
            return await _answer(writer, *ANSWERS[kind])
    return False
