"""The commands that docs/comparison.md shows for resuming a run, one after the other beside its server."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from shown_commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = re.compile(r"^\$ batchctl (run .*)\n…\n(.*)\n", re.MULTILINE)


def test_what_failed_is_run_again(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "comparison.md").read_text("utf-8")
    section = page[page.index("## 25. ") :]
    serve = re.search(r"`batchctl (serve .*?)`", section)
    assert serve
    shown = COMMAND.findall(section)
    assert len(shown) == 2
    command = [sys.executable, "-m", "batchctl"]
    server = subprocess.Popen(
        [*command, *shlex.split(serve[1]), "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert server.stderr is not None
        address = re.search(r"http://[\w.:]+", server.stderr.readline())
        assert address
        environment = {
            "PATH": "",
            "PYTHONIOENCODING": "utf-8",
            "BATCHCTL_STATE_DIR": str(tmp_path),
            "TRUTO_API_URL": address[0],
            "TRUTO_API_TOKEN": "on-this-machine",
        }
        for line, last in shown:
            done = subprocess.run(
                [*command, *shlex.split(line)],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert _timeless(done.stdout.splitlines()[-1]) == _timeless(last), done.stderr
    finally:
        server.terminate()
        server.communicate()


def _timeless(line: str) -> str:
    return re.sub(r"[\d.]+ m?s$", "", line)
