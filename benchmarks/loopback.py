"""Servers on this machine for rows that measure clients: processes of their own, so that their time does not count."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(code: str, *arguments: str) -> Iterator[str]:
    """The URL of a server: ``code`` is Python that listens on the port in ``sys.argv[1]``."""
    with serving_process(code, *arguments) as (url, _):
        yield url


def used_s(pid: int) -> float:
    """Processor seconds that a process of this machine has used. Raises ``Unavailable`` where nobody says so."""
    try:
        user, system = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    except OSError as error:
        raise Unavailable("there is no /proc that has the time of a process") from error
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def session_used_s(leader: int) -> dict[int, float]:
    """Processor seconds that each process of a session has used so far: children of children as well.

    What a process uses between the last look and its end is missing. Raises ``Unavailable`` where nobody says so.
    """
    if not Path("/proc").is_dir():
        raise Unavailable("there is no /proc that has the time of a process")
    found: dict[int, float] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            try:
                facts = (each / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(facts[3]) == leader:
                found[int(each.name)] = (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")
    return found


@contextmanager
def serving_process(code: str, *arguments: str) -> Iterator[tuple[str, int]]:
    """The same, with the id of its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", code, str(port), *arguments])
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.kill()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server of a benchmark did not start")
