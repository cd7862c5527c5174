"""The live view of rows on workers: which row is at which resource."""

import os
import re
import subprocess
from pathlib import Path
from threading import Thread

import pytest

from fleet.api import contacts
from fleet.processes import account, command, environment, until, write_files

pty = pytest.importorskip("pty", reason="needs pseudo-terminals")


def test_a_row_on_a_worker_says_where_it_is(tmp_path: Path) -> None:
    write_files(tmp_path, 2)
    seen = bytearray()
    with contacts() as api:
        # Every call stays as it is until the screen has shown it.
        api.slow_s = 600
        screen, terminal = pty.openpty()
        env = {**environment(tmp_path), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        line = command(api.url, "--on", "local:1", "--parallel", "1")
        with (tmp_path / "stdout").open("w") as out:
            process = subprocess.Popen(line, cwd=tmp_path, env=env, stdout=out, stderr=terminal, start_new_session=True)
        os.close(terminal)

        def read() -> None:
            try:
                while data := os.read(screen, 65536):
                    seen.extend(data)
            except OSError:
                return

        reading = Thread(target=read, daemon=True)
        reading.start()
        try:
            until(lambda: shown(bytes(seen)), seconds=240)
        finally:
            os.killpg(process.pid, 9)
            process.wait()
            reading.join(60)
            os.close(screen)


def shown(seen: bytes) -> bool:
    """Whether a line of the screen has the first row and the resource that it is at; one more row waits."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode("utf-8", "replace"))
    return any(account(1) in line and "seen" in line for line in re.split(r"[\r\n]+", text)) and "1 waiting" in text
