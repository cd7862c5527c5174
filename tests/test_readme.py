import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_sample_command_prints_what_the_readme_shows() -> None:
    command = re.search(r"&& \.venv/bin/batchctl (run .*)", README)
    shown = re.search(r"```console\n\$ batchctl (run .*)\n((?s:.*?))```", README)
    assert command
    assert shown
    assert shown[1] == command[1]
    arguments = [sys.executable, "-m", "batchctl", *shlex.split(command[1])]
    environment = {"PYTHONIOENCODING": "utf-8", "PATH": "", "COLUMNS": "88"}
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, check=True)
    assert _timeless(done.stdout) == _timeless(shown[2])


def _timeless(text: str) -> str:
    return re.sub(r"\d+(?:\.\d)? m?s\b", "no time", text)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
