"""``watch`` in a process of its own, beside an editor that saves."""

import signal
import subprocess
import sys
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

TEXT = """\
integrated_account_id: 6f1b0f4e-3b7a-4c9e-9a52-0d4b8f0c2a11
args: {user: u-1}
resources:
  - resource: crm/contacts
    method: list
    query: {owner: "{{args.user}}"}
"""


class Watching:
    """A running ``batchctl watch`` whose output is read line by line."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-u", "-m", "batchctl", "watch", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def screen(self) -> str:
        """What is shown up to the next time that it waits."""
        shown = ""
        while "watching" not in shown:
            shown += self.lines.get(timeout=60)
        return shown

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        self._reader.join(60)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_it_looks_again_on_every_save(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(TEXT)
    watching = Watching(str(file), "--arg", "user=u-7", "--summary")
    try:
        assert "1 request known" in watching.screen()
        file.write_text(TEXT.replace("method", "methd"))
        assert 'unknown key "methd"' in watching.screen()
        file.write_text(TEXT + "  - {name: more, resource: crm/notes, method: list}\n")
        assert "2 requests known" in watching.screen()
    finally:
        assert watching.interrupt() == 0


def test_a_file_that_is_not_there() -> None:
    command = [sys.executable, "-m", "batchctl", "watch", "none.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no such file: none.yaml")
