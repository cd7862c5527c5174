import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_sample_command_prints_what_the_readme_shows() -> None:
    command = re.search(r"&& \.venv/bin/batchctl (run .*)", README)
    assert command
    arguments = [sys.executable, "-m", "batchctl", *shlex.split(command[1])]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert "✔ contacts  10 records" in done.stdout
    assert "✔ 2 of 2 resources fine · 24 records · 11 calls" in done.stdout


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
