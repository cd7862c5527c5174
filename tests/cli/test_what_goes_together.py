"""Options that exclude each other, or that need a file or one file alone: refused before anything is read or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from batchctl.cli.app import app
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dry-run a.yaml b.yaml --query x", "--query is for one file, not for 2"),
        ("dry-run a.yaml b.yaml --each rows.csv", "--each is for one file, not for 2"),
        ("dry-run a.yaml -", "stdin can't be one of several files"),
        ("run a.yaml b.yaml --local --to dir:x", "--to delivers the records of one file, not of several"),
        ("run --each rows.csv", "no file is named"),
        ("sync --each rows.csv --local", "no file is named"),
        ("sync --local", "no file is named"),
        ("sync --on-truto", "a run on Truto needs a file"),
        ("sync j.yaml --on-truto --resume latest", "a run on Truto needs a file"),
        ("sync j.yaml --on-truto -o csv", "--on-truto shows a run as tree or json, not as csv"),
        ("sync j.yaml --on-truto --only contacts", "--only and --skip go with a run on this machine"),
        ("validate a.yaml --fix --diff", "--fix and --diff exclude each other"),
        ("logout --profile nobody", 'no profile is called "nobody"'),
    ],
)
def test_what_does_not_go_together(line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("BATCHCTL_STATE_DIR", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    for name in ("a.yaml", "b.yaml", "j.yaml"):
        (tmp_path / name).write_text("resources: []\n", "utf-8")
    (tmp_path / "rows.csv").write_text("stage\nwon\n", "utf-8")
    done = CliRunner().invoke(app, line.split(), input="")
    assert isinstance(done.exception, UsageError), done.output
    assert (str(done.exception), done.stdout) == (said, "")
    assert not (tmp_path / "own").exists()
