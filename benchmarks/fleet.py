"""``run --each`` in one process beside ``--on local:2``: whole commands over loopback, each row 20 calls.

Another process answers. Figures are of the whole command, what starts and stops the workers included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Row
from benchmarks.loopback import serving_process, session_used_s, used_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders, Figures

ROWS_OF_RUN, CALLS = 2_000, 20
DEFINITION = """\
integrated_account_id: 00000000-0000-4000-8000-000000000000
args: {ids: []}
resources:
  - {name: seen, resource: crm/contacts, method: get, loop_on: args.ids, id: "{{args.ids}}"}
"""
# Answers with one record whatever is asked. It shares two cores with what is measured, so it does nothing else: no
# event loop, an answer that is made, half the processor time of one in asyncio.
SERVER = """
import select, socket, sys
body = b'{"id": "c-1", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "stage": "customer"}'
answer = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body) + body
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1000)
ready, open_now, begun = select.epoll(), {}, {}
ready.register(listening.fileno(), select.EPOLLIN)
while True:
    for number, _ in ready.poll():
        if number == listening.fileno():
            connection = listening.accept()[0]
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            open_now[connection.fileno()] = connection
            ready.register(connection.fileno(), select.EPOLLIN)
            continue
        connection = open_now[number]
        try:
            data = begun.pop(number, b"") + connection.recv(65_536)
            whole = data.count(b"\\r\\n\\r\\n")
            if not data.endswith(b"\\r\\n\\r\\n"):
                begun[number] = data.rpartition(b"\\r\\n\\r\\n")[2]
            connection.sendall(answer * whole)
        except OSError:
            data = b""
        if not data:
            ready.unregister(number)
            open_now.pop(number).close()
"""
# What is measured tells its own peak.
COMMAND = """
import atexit, pathlib, resource, sys
peak = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: peak.write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)))
from batchctl.__main__ import main
if __name__ == "__main__":
    main()
"""


def _rows(folder: Path, count: int, calls: int) -> None:
    (folder / "a.yaml").write_text(DEFINITION, "utf-8")
    (folder / "fixtures").mkdir(exist_ok=True)
    with (folder / "rows.ndjson").open("w") as file:
        for number in range(count):
            row = {"account": f"{number:08d}-0000-4000-8000-000000000000", "ids": [*range(calls)]}
            file.write(json.dumps(row) + "\n")


def _run(folder: Path, *options: str) -> Figures:
    """Seconds, processor seconds of it and all that it started, and the peak of the command itself."""
    with tempfile.TemporaryDirectory(dir=folder) as home, (folder / "out").open("w") as out:
        env = {**os.environ, "HOME": home, "BATCHCTL_STATE_DIR": home, "TRUTO_API_TOKEN": "tok-of-the-benchmark"}
        line = [sys.executable, "-c", COMMAND, "peak", "run", "a.yaml", "--each", "rows.ndjson", "-q", "-o", "ndjson"]
        began = time.perf_counter()
        process = subprocess.Popen([*line, *options], cwd=folder, env=env, stdout=out, start_new_session=True)
        used: dict[int, float] = {}
        while process.poll() is None:
            used.update(session_used_s(process.pid))
            time.sleep(0.05)
        took_s = time.perf_counter() - began
        if process.returncode:
            raise SystemExit(f"a command of the benchmark ended with exit code {process.returncode}")
    return {"wall_s": took_s, "cpu_s": sum(used.values()), "peak_mib": int((folder / "peak").read_text()) / 1024}


@contextmanager
def _direct() -> Iterator[Contenders]:
    with tempfile.TemporaryDirectory() as place, serving_process(SERVER) as (url, server):
        folder = Path(place)
        _rows(folder, ROWS_OF_RUN, CALLS)

        def run(processes: int, *more: str) -> Figures:
            before = used_s(server)
            figures = dict(_run(folder, "--direct", "--api-url", url, "--rate-limit", "off", *more))
            figures["server_s"] = used_s(server) - before
            # What no machine of two cores can go below: the work of the busiest process, or half of all of it.
            alone = figures["cpu_s"] if processes == 1 else 0.0
            figures["two_cores_s"] = max(alone, (figures["cpu_s"] + figures["server_s"]) / 2)
            return figures

        yield {"one process": lambda: run(1), "local:2": lambda: run(2, "--on", "local:2")}


@contextmanager
def _many(count: int, *options: str) -> Iterator[Contenders]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)

        def run(rows: int) -> Figures:
            _rows(folder, rows, 0)
            figures = dict(_run(folder, "--local", *options))
            figures["ms_per_row"] = figures["wall_s"] / rows * 1000
            return figures

        yield {"tenth": lambda: run(count // 10), "all": lambda: run(count)}


ROWS = [
    Row(
        "fleet-direct",
        f"{ROWS_OF_RUN:,} rows of {CALLS} calls over loopback, whole commands",
        _direct,
        (
            Aim("wall_s", "local:2", "one process", at_most=1 / 1.6),
            Aim("two_cores_s", "local:2", "one process", at_most=1 / 1.6),
        ),
        rounds=1,
        warm_up=False,
    ),
    Row(
        "fleet-rows",
        "10,000 rows over fixtures in one process, a call-less batch",
        lambda: _many(10_000),
        (Aim("ms_per_row", "all", at_most=1), Aim("peak_mib", "all", at_most=150)),
        rounds=1,
        warm_up=False,
    ),
    Row(
        "fleet-memory",
        "100,000 rows on local:2: the memory of the client beside that of 10,000",
        lambda: _many(100_000, "--on", "local:2"),
        (Aim("peak_mib", "all", "tenth", at_most=1.25), Aim("ms_per_row", "all", at_most=5)),
        rounds=1,
        warm_up=False,
    ),
]
