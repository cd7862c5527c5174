"""``run`` on Truto: a large answer to every output, beside curl and jq; and the processor time of a small batch.

Another process answers ``POST /batch-request`` over loopback with a file. BENCHMARK_MIB (200) is the size of the large
answer; its growth is measured from a quarter of that.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Growth, Row, Unavailable, as_process, batchctl
from benchmarks.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

MIB = int(os.environ.get("BENCHMARK_MIB", "200"))
SERVER = """
import http.server, shutil, sys
from pathlib import Path
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        path = Path(sys.argv[2])
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(path.stat().st_size))
        self.end_headers()
        with path.open("rb") as file:
            shutil.copyfileobj(file, self.wfile, 1 << 20)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
DEFINITION = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: list}
"""
JQ = ".result | to_entries[] | .key as $name | .value[] | {resource: $name, record: .}"


def write_answer(path: Path, size: int) -> None:
    """An answer of about ``size`` bytes, of records such as a CRM has."""
    written = 0
    with path.open("w") as file:
        file.write('{"result": {"contacts": [')
        number = 0
        while written < size:
            record = {
                "id": f"c-{number}",
                "name": f"Contact {number}",
                "emails": [{"email": f"c{number}@example.com", "type": "work"}],
                "created_at": "2024-01-01T00:00:00Z",
                "owner": {"id": number % 7, "name": f"Agent {number % 7}"},
                "score": number / 8,
            }
            written += file.write((", " if number else "") + json.dumps(record))
            number += 1
        file.write(']}, "errors": {}}')


def _run(url: str, folder: Path, output: str, *, batch: str = "batch.yaml") -> dict[str, float]:
    environment = {"TRUTO_API_TOKEN": "tok-of-the-benchmark", "BATCHCTL_STATE_DIR": str(folder / "state")}
    command = batchctl("run", str(folder / batch), "--api-url", url, "-o", output, "-q")
    taken = as_process(command, env=environment)
    shutil.rmtree(folder / "state")
    return taken


def _peer(url: str) -> dict[str, float]:
    shell = f"curl -sS -X POST -d '{{}}' {url}/batch-request | jq -c '{JQ}'"
    return as_process(["sh", "-c", shell])


@contextmanager
def answering(size: int) -> Iterator[tuple[str, Path]]:
    """A server with an answer of that size, and a folder with the batch."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_answer(folder / "answer.json", size)
        (folder / "batch.yaml").write_text(DEFINITION)
        with serving(SERVER, str(folder / "answer.json")) as url:
            yield url, folder


@contextmanager
def opened_large() -> Iterator[Contenders]:
    """Every output of the large answer, and curl with jq."""
    if not (shutil.which("curl") and shutil.which("jq")):
        raise Unavailable("curl or jq is not installed")
    with answering(MIB << 20) as (url, folder):
        yield {
            **{output: partial(_run, url, folder, output) for output in ("ndjson", "json", "csv", "yaml")},
            "curl + jq": lambda: _peer(url),
        }


@contextmanager
def opened_growth() -> Iterator[Contenders]:
    """The answer to ndjson by its size."""
    with answering(MIB << 18) as (first, small), answering(MIB << 20) as (second, large):
        yield {
            f"{MIB // 4} MiB": partial(_run, first, small, "ndjson"),
            f"{MIB} MiB": partial(_run, second, large, "ndjson"),
        }


@contextmanager
def opened_small() -> Iterator[Contenders]:
    """A batch whose answer is small: what the command itself takes."""
    with answering(2_000) as (url, folder):
        yield {"batchctl": partial(_run, url, folder, "json")}


ROWS = [
    Row(
        "on-truto-large",
        f"run on Truto, an answer of {MIB} MiB",
        opened_large,
        (
            Aim("cpu_s", "ndjson", "curl + jq", at_most=0.7),
            Aim("peak_mib", "ndjson", at_most=100),
            Aim("cpu_s", "json", "ndjson", at_most=1.3),
            Aim("cpu_s", "csv", "ndjson", at_most=1.3),
            Aim("cpu_s", "yaml", "ndjson", at_most=2.0),
        ),
        rounds=1,
        warm_up=False,
    ),
    Row(
        "on-truto-growth",
        "run on Truto to ndjson by the size of the answer",
        opened_growth,
        (Growth("cpu_s", {f"{MIB // 4} MiB": MIB // 4, f"{MIB} MiB": MIB}), Aim("peak_mib", f"{MIB} MiB", at_most=100)),
        rounds=1,
        warm_up=False,
    ),
    Row(
        "on-truto-small",
        "run on Truto, a small batch over loopback",
        opened_small,
        (Aim("cpu_s", "batchctl", at_most=0.2),),
    ),
]
