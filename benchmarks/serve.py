"""``batchctl serve`` against a bare starlette application that answers the same bytes; fixtures of many records.

A server is a process; its figure is requests per second of its own processor time, so that what else runs here counts
little. The client is a thread that speaks HTTP/1.1 over sockets itself and costs the server nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_records import MemoryRecords
from batchctl.engine.backends.fixture_store import Table
from benchmarks.frame import Aim, Contenders, Figures, Growth, Row, Unavailable, as_process, in_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
LIST = f"/unified/crm/contacts?integrated_account_id={ACCOUNT}"
BATCH = {
    "integrated_account_id": ACCOUNT,
    "resources": [
        {"name": "contacts", "resource": "crm/contacts", "method": "list", "query": {"group": "g1"}},
        {
            "name": "notes",
            "resource": "crm/notes",
            "method": "get",
            "depends_on": "contacts",
            "id": "{{resources.crm.contacts.note_id}}",
        },
    ],
}
_BARE = """
import sys, uvicorn, socket
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
body = sys.stdin.buffer.read()
async def answer(request):
    return Response(body, media_type="application/json")
app = Starlette(routes=[Route("/{path:path}", answer)])
listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listening.bind(("127.0.0.1", int(sys.argv[1])))
listening.listen(2048)
config = uvicorn.Config(app, http=sys.argv[2], loop=sys.argv[3], log_level="critical", access_log=False, lifespan="off")
uvicorn.Server(config).run(sockets=[listening])
"""


def _records(folder: Path) -> None:
    contacts = [
        {
            "id": f"c-{n}",
            "first_name": "Zoë",
            "last_name": f"Grünwald {n}",
            "group": f"g{n // 10}",
            "note_id": f"n-{n}",
            "emails": [{"email": f"zoe{n}@example.com", "type": "work"}],
            "created_at": "2024-05-01T10:00:00.000Z",
        }
        for n in range(1_000)
    ]
    notes = [{"id": f"n-{n}", "contact_id": f"c-{n}", "text": "signed"} for n in range(1_000)]
    (folder / "unified/crm").mkdir(parents=True)
    (folder / "unified/crm/contacts.json").write_text(json.dumps(contacts))
    (folder / "unified/crm/notes.json").write_text(json.dumps(notes))


class Server:
    """A process that listens on a port of its own."""

    def __init__(self, command: Callable[[int], list[str]], stdin: bytes = b"") -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = taken.getsockname()[1]
        self._process = subprocess.Popen(
            command(self.port), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        self._process.stdin.write(stdin)
        self._process.stdin.close()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.ask(_request("GET", LIST), 1, 1)
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise SystemExit("the server does not answer")

    def body(self) -> bytes:
        """The body of the list that is asked for."""
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            client.sendall(_request("GET", LIST))
            return _answer(client)

    def ask(self, request: bytes, count: int, connections: int) -> Figures:
        """``rate`` (answers per second of the server's processor time) and ``wall_rate``."""
        used_s, began_s = self._cpu_s(), time.perf_counter()
        asyncio.run(_load(self.port, request, count, connections))
        wall_s = time.perf_counter() - began_s
        return {"rate": count / max(self._cpu_s() - used_s, 1e-3), "wall_rate": count / wall_s}

    def stop(self) -> None:
        """End the process."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _cpu_s(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _answer(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(1 << 16)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += client.recv(1 << 16)
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"an answer is {head[:40]!r}: {body[:300]!r}")
    return body


async def _load(port: int, request: bytes, count: int, connections: int) -> None:
    left = count

    async def one() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left > 0:
            left -= 1
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(connections)))


@contextmanager
def _lists(connections: int, count: int) -> Iterator[Contenders]:
    if find_spec("starlette") is None:
        raise Unavailable("starlette is not installed: pip install 'batchctl[bench]'")
    with tempfile.TemporaryDirectory() as name:
        _records(Path(name))
        ours = Server(lambda port: _serve(name, port))
        body = ours.body()
        http, loop = (
            ("httptools" if find_spec("httptools") else "h11"),
            ("uvloop" if find_spec("uvloop") else "asyncio"),
        )
        bare = Server(lambda port: [sys.executable, "-c", _BARE, str(port), http, loop], body)
        plain = Server(lambda port: [sys.executable, "-c", _BARE, str(port), "h11", "asyncio"], body)
        request = _request("GET", LIST)
        try:
            yield {
                "serve": lambda: ours.ask(request, count, connections),
                "starlette": lambda: bare.ask(request, count, connections),
                "starlette-h11": lambda: plain.ask(request, count, connections),
            }
        finally:
            for server in (ours, bare, plain):
                server.stop()


def _serve(folder: str, port: int) -> list[str]:
    return [sys.executable, "-m", "batchctl", "serve", "-q", "--fixtures", folder, "--port", str(port)]


@contextmanager
def _batches() -> Iterator[Contenders]:
    with tempfile.TemporaryDirectory() as name:
        _records(Path(name))
        server = Server(lambda port: _serve(name, port))
        request = _request("POST", "/batch-request", json.dumps(BATCH).encode())
        try:
            yield {"serve": lambda: server.ask(request, 600, 4)}
        finally:
            server.stop()


@contextmanager
def _filters() -> Iterator[Contenders]:
    def table(size: int) -> Table:
        return Table("rows", MemoryRecords([{"id": str(n), "kind": "a", "n": n} for n in range(size)]))

    tables = {size: table(size) for size in (10_000, 100_000, 400_000)}
    yield {
        "all": lambda: in_process(lambda: _followed(tables[400_000], {})),
        **{
            f"filtered {size}": lambda size=size: in_process(lambda: _followed(tables[size], {"kind": "a"}))  # type: ignore[misc]  # bound here
            for size in tables
        },
    }


def _followed(table: Table, query: dict[str, str]) -> None:
    cursor: object = None
    while True:
        body = table.page({**query, "limit": 1000, **({"next_cursor": cursor} if cursor else {})}).body  # type: ignore[dict-item]  # a cursor is text
        assert isinstance(body, dict)
        cursor = body["next_cursor"]
        if cursor is None:
            return


@contextmanager
def _million() -> Iterator[Contenders]:
    code = (
        "import sys; from pathlib import Path\n"
        "from batchctl.engine.backends.fixture_folder import FixtureFolder\n"
        "from batchctl.engine.backends.fixture_store import Table\n"
        "table = Table('rows', FixtureFolder(Path(sys.argv[1]), cache=Path(sys.argv[2])).records(['proxy', 'rows']))\n"
        "cursor, seen = None, 0\n"
        "while True:\n"
        "    body = table.page({'limit': 1000, **({'next_cursor': cursor} if cursor else {})}).body\n"
        "    seen += len(body['result']); cursor = body['next_cursor']\n"
        "    if cursor is None: break\n"
        "assert seen == 1_000_000\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "fixtures"
        (folder / "proxy").mkdir(parents=True)
        with (folder / "proxy/rows.ndjson").open("w") as out:
            for n in range(1_000_000):
                out.write(f'{{"id": "r{n}", "name": "record {n}", "kind": "k{n % 10}", "n": {n}}}\n')
        command = [sys.executable, "-c", code, str(folder)]

        def built() -> Figures:
            with tempfile.TemporaryDirectory() as cache:
                return as_process([*command, cache])

        yield {"first": built, "again": lambda: as_process([*command, str(Path(name) / "cache")])}


ROWS = [
    Row(
        "serve-one",
        "serve, one connection that stays open, a list of 50; requests per CPU second of the server",
        lambda: _lists(1, 1_000),
        (
            Aim("rate", "serve", "starlette", at_least=0.8),
            Aim("rate", "serve", "starlette-h11", at_least=2.0),
        ),
    ),
    Row(
        "serve-64",
        "serve, 64 connections, a list of 50; requests per CPU second of the server",
        lambda: _lists(64, 2_000),
        (Aim("rate", "serve", "starlette", at_least=0.8),),
    ),
    Row(
        "serve-batch",
        "serve, POST /batch-request of 11 calls; batches per CPU second of the server",
        _batches,
        (Aim("rate", "serve", at_least=600),),
    ),
    Row(
        "fixtures-filter",
        "fixtures, a list with a filter that matches all of 400,000 records, against one without",
        _filters,
        (
            Aim("cpu_s", "filtered 400000", "all", at_most=1.3),
            Growth("cpu_s", {f"filtered {size}": size for size in (10_000, 100_000, 400_000)}),
        ),
        rounds=3,
    ),
    Row(
        "fixtures-million",
        "fixtures of 1,000,000 records, all pages: building the database, and with it at hand",
        _million,
        (Aim("peak_mib", "first", at_most=350), Aim("peak_mib", "again", at_most=350)),
        rounds=1,
        warm_up=True,
    ),
]
