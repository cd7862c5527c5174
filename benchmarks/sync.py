"""A sync job beside dlt's rest_api source: the same records from the same server on this machine, in the same database.

Both follow cursors, a hundred records a page, and insert or update rows by ``id`` in a DuckDB file. Whole processes:
figures are processor time of the process and its children, and the most memory that the process had.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Row, Unavailable, as_process, batchctl
from benchmarks.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.frame import Contenders, Figures

FEW, MANY = 100_000, 1_000_000
# Pages of a list, made on the way; a POST is a webhook's and is answered with 200.
SERVER = """
import asyncio, json, re, sys
total, size = int(sys.argv[2]), 100
def record(n):
    return {"id": f"c-{n}", "first_name": f"Ada {n}", "last_name": "Lovelace", "email": f"ada{n}@example.com", "age": n % 90,
            "score": n / 8, "is_active": n % 2 == 0, "emails": [{"email": f"ada{n}@example.com", "type": "work"}],
            "created_at": "2024-01-01T00:00:00.000Z", "updated_at": "2024-02-01T00:00:00.000Z"}
def page(start):
    records = [record(n) for n in range(start, min(start + size, total))]
    cursor = str(start + size) if start + size < total else None
    return json.dumps({"result": records, "next_cursor": cursor, "limit": size}, separators=(",", ":")).encode()
class Answer(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data, self.wanted = transport, b"", 0
    def data_received(self, data):
        self.data += data
        while b"\\r\\n\\r\\n" in self.data:
            head, rest = self.data.split(b"\\r\\n\\r\\n", 1)
            length = re.search(rb"(?i)content-length: *(\\d+)", head)
            length = int(length[1]) if length else 0
            if len(rest) < length:
                return
            self.data = rest[length:]
            cursor = re.search(rb"next_cursor=(\\d+)", head)
            body = b"{}" if head.startswith(b"POST") else page(int(cursor[1]) if cursor else 0)
            self.transport.write(b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body) + body)
async def main():
    server = await asyncio.get_running_loop().create_server(Answer, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()
asyncio.run(main())
"""  # noqa: E501 - a program
JOB = """
label: benchmark
default_runtime_version: 4
state_key: benchmark
resources:
  - name: contacts
    type: request
    resource: crm/contacts
    method: list
    integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
    query: {limit: 100}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
DLT = """
import sys, dlt
from dlt.sources.rest_api import rest_api_source
source = rest_api_source({
    "client": {"base_url": sys.argv[1], "paginator": {"type": "cursor", "cursor_path": "next_cursor", "cursor_param": "next_cursor"}},
    "resources": [{"name": "contacts", "primary_key": "id", "write_disposition": sys.argv[4],
                   "endpoint": {"path": "unified/crm/contacts", "params": {"limit": 100}, "data_selector": "result"}}],
})
pipeline = dlt.pipeline("benchmark", destination=dlt.destinations.duckdb(sys.argv[2]), dataset_name="d", pipelines_dir=sys.argv[3])
pipeline.run(source, loader_file_format=sys.argv[5])
"""  # noqa: E501 - a program


@contextmanager
def beside_dlt() -> Iterator[Contenders]:
    """Ours and dlt, which inserts or updates too (merge), and which only appends.

    dlt loads text by default, and Parquet where it is asked to, which is faster.
    """
    if find_spec("dlt") is None or find_spec("pyarrow") is None:
        raise Unavailable("dlt and pyarrow are not installed")
    with serving(SERVER, str(FEW)) as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield {
            "batchctl": _ours(url, folder, "duckdb:{}/ours.duckdb"),
            "dlt merge": _dlt(url, folder, "merge"),
            "dlt append": _dlt(url, folder, "append"),
            "dlt merge, Parquet": _dlt(url, folder, "merge", "parquet"),
        }


@contextmanager
def one_million() -> Iterator[Contenders]:
    """Ours alone, with a hundred thousand records and ten times as many."""
    with serving(SERVER, str(FEW)) as few, serving(SERVER, str(MANY)) as many, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield {
            "duckdb 100,000": _ours(few, folder, "duckdb:{}/few.duckdb"),
            "duckdb 1,000,000": _ours(many, folder, "duckdb:{}/many.duckdb"),
            "webhook 100,000": _ours(few, folder, f"webhook:{few}/hook"),
            "webhook 1,000,000": _ours(many, folder, f"webhook:{many}/hook"),
        }


def _ours(url: str, folder: Path, to: str) -> Callable[[], Figures]:
    job = folder / "job.yaml"
    job.write_text(JOB, "utf-8")

    def run() -> Figures:
        with tempfile.TemporaryDirectory(dir=folder) as new:
            command = batchctl("sync", str(job), "--direct", "--api-url", url, "--token", "t", "--allow-http", "-q")
            command += ["--to", to.format(new), "--webhook-secret", "secret"]
            return as_process(command, env={"BATCHCTL_STATE_DIR": new})

    return run


def _dlt(url: str, folder: Path, disposition: str, files: str = "insert_values") -> Callable[[], Figures]:
    """A pipeline as dlt's users write it, with its defaults (one worker normalises); ``files`` is what it loads."""

    def run() -> Figures:
        with tempfile.TemporaryDirectory(dir=folder) as new:
            command = [sys.executable, "-c", DLT, url, f"{new}/dlt.duckdb", new, disposition, files]
            return as_process(command, env={"RUNTIME__DLTHUB_TELEMETRY": "false"})

    return run


ROWS = [
    Row(
        "sync-dlt",
        f"{FEW:,} records from a loopback API into DuckDB, beside dlt's rest_api source",
        beside_dlt,
        (
            Aim("cpu_s", "batchctl", "dlt merge", at_most=1 / 1.5),
            Aim("cpu_s", "batchctl", "dlt append", at_most=1 / 1.5),
            Aim("cpu_s", "batchctl", "dlt merge, Parquet", at_most=1 / 1.5),
            Aim("wall_s", "batchctl", "dlt merge", at_most=1 / 1.5),
        ),
        rounds=3,
        warm_up=False,
    ),
    Row(
        "sync-million",
        "a sync of 1,000,000 records, to DuckDB and to a webhook, beside one of 100,000",
        one_million,
        (
            Aim("peak_mib", "duckdb 1,000,000", "duckdb 100,000", at_most=1.25),
            Aim("peak_mib", "webhook 1,000,000", "webhook 100,000", at_most=1.25),
        ),
        rounds=1,
        warm_up=False,
    ),
]
