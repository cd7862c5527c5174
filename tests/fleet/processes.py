"""Commands and clusters as processes of their own, and how they are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
TOKEN = "token-of-the-fleet-1234567890"
# Variables with which a bucket is found.
_OF_BUCKETS = ("AWS_", "STORAGE_", "GCSFS_", "NO_GCE_")
FILE = """\
integrated_account_id: 00000000-0000-4000-8000-000000000000
args: {n: none}
resources:
  - {name: seen, resource: crm/contacts, method: list}
  - {name: first, resource: crm/contacts, method: create, depends_on: seen, body: {name: "{{args.n}} a"}}
  - {name: second, resource: crm/contacts, method: create, depends_on: first, body: {name: "{{args.n}} b"}}
"""


def account(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def write_files(folder: Path, rows: int, *, twins: int = 0) -> Path:
    """A definition that writes twice per row, and its rows; the first ``twins`` of them stand there twice."""
    (folder / "a.yaml").write_text(FILE, "utf-8")
    numbers = [*range(1, rows + 1), *range(1, twins + 1)]
    lines = "".join(f"{account(number)},row-{number}\n" for number in numbers)
    (folder / "rows.csv").write_text(f"account,n\n{lines}", "utf-8")
    return folder


def environment(folder: Path) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    own = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "TRUTO_API_TOKEN": TOKEN, "PYTHONWARNINGS": "ignore"}
    return {
        **keep,
        **own,
        **{name: value for name, value in os.environ.items() if name.startswith(_OF_BUCKETS)},
    }


def command(url: str, *options: str, file: bool = True, each: bool = True, direct: bool = True) -> list[str]:
    what = ["a.yaml", *(["--direct"] if direct else []), *(["--each", "rows.csv"] if each else [])] if file else []
    return [sys.executable, "-m", "batchctl", "run", *what, "--api-url", url, "-o", "ndjson", *options]


def run(
    folder: Path,
    url: str,
    *options: str,
    file: bool = True,
    each: bool = True,
    direct: bool = True,
    more: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(url, *options, file=file, each=each, direct=direct),
        cwd=folder,
        env={**environment(folder), **(more or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=480,
    )


@contextmanager
def started(folder: Path, line: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A process, with all that it started gone afterwards; what it says goes to files."""
    with (folder / "stdout").open("w") as out, (folder / "stderr").open("w") as err:
        process = subprocess.Popen(
            line, cwd=folder, env=environment(folder), stdout=out, stderr=err, text=True, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a ``local:N``: what the process has that Python's multiprocessing forks from."""
    if not Path("/proc").is_dir():
        pytest.skip("there is no /proc to find the workers in")
    parents: dict[int, tuple[int, bytes]] = {}
    for each in Path("/proc").iterdir():
        if not each.name.isdecimal():
            continue
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            parents[int(each.name)] = parent, (each / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
    servers = {pid for pid, (parent, line) in parents.items() if parent == process.pid and b"forkserver" in line}
    return [pid for pid, (parent, _) in parents.items() if parent in servers]


def until(what: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for something that happens elsewhere."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen")
        time.sleep(0.02)


@contextmanager
def cluster(
    folder: Path, workers: int = 2, *, debug: bool = False
) -> Iterator[tuple[str, subprocess.Popen[str], list[subprocess.Popen[str]]]]:
    """A scheduler and workers, as ``dask scheduler`` and ``dask worker`` start them: address, scheduler, workers."""
    env = environment(folder)
    if debug:
        settings = folder / "dask-config"
        settings.mkdir()
        (settings / "logging.yaml").write_text("logging: {distributed: debug, distributed.core: debug}\n")
        env["DASK_CONFIG"] = str(settings)
    info = folder / f"scheduler-{time.monotonic_ns()}.json"
    dask = [sys.executable, "-m", "dask"]
    log = (folder / "cluster.log").open("a")
    processes: list[subprocess.Popen[str]] = []

    def start(*line: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*dask, *line], cwd=folder, env=env, stdout=log, stderr=log, text=True, start_new_session=True
        )
        processes.append(process)
        return process

    try:
        scheduler = start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(info)
        )
        until(lambda: info.is_file() and info.stat().st_size > 0)
        address = json.loads(info.read_text())["address"]
        found = [
            start("worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
            for _ in range(workers)
        ]
        yield address.replace("tcp://", "dask://"), scheduler, found
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
