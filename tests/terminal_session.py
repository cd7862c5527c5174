"""A command in a real terminal, whose screens are read back."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pyte = pytest.importorskip("pyte")
pty = pytest.importorskip("pty", reason="needs pseudo-terminals")

ROOT = Path(__file__).parents[1]
COLUMNS, LINES = 60, 24


class Session:
    """A command in a terminal of 60 columns; every screen that it showed is kept."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self.seen: list[str] = []
        self._master, slave = pty.openpty()
        env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
        env |= {"BATCHCTL_STATE_DIR": str(folder / "state"), "HOME": str(folder), **(environment or {})}
        env.pop("NO_COLOR", None)
        command = [sys.executable, "-m", "batchctl", *arguments]
        self._process = subprocess.Popen(command, cwd=folder, env=env, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)

    def until(self, wanted: str) -> None:
        """Read until the screen shows ``wanted``."""
        while wanted not in self.text and self._read():
            pass
        assert wanted in self.text, self.text

    def answer(self, text: str) -> None:
        """Type something."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._master)
        return self._process.wait(120)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def interrupt(self) -> None:
        """What a terminal does on Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def _read(self) -> bool:
        deadline = time.monotonic() + 120
        while not select.select([self._master], [], [], 0.1)[0]:
            assert time.monotonic() < deadline, self.text
            if self._process.poll() is not None and not select.select([self._master], [], [], 0)[0]:
                return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self._stream.feed(data)
        self.seen.append(self.text)
        return bool(data)
