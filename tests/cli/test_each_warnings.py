"""Warnings about the values of any row are shown before it runs; of very many rows, those of the first."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
BATCH = f"""\
integrated_account_id: {ACCOUNT}
args: {{q: a}}
resources: [{{resource: crm/contacts, method: list, query: {{name: "{{{{args.q}}}}"}}}}]
"""


def each(folder: Path, rows: list[str], *command: str) -> subprocess.CompletedProcess[str]:
    (folder / "fixtures/unified/crm").mkdir(parents=True)
    (folder / "fixtures/unified/crm/contacts.json").write_text('[{"id": "1"}]')
    (folder / "b.yaml").write_text(BATCH)
    (folder / "rows.csv").write_text("\n".join(["account,q", *rows]))
    whole = [sys.executable, "-m", "batchctl", command[0], "b.yaml", "--each", "rows.csv", *command[1:]]
    return subprocess.run(whole, cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("command", [("run", "--local"), ("dry-run",)], ids=["run", "dry-run"])
def test_a_later_row_is_warned_about(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = each(tmp_path, [f"{ACCOUNT},a", "nope,b", f"{ACCOUNT},c"], *command)
    assert done.returncode == 0
    assert done.stderr.count("warning[") == 1
    assert "integrated_account_id is not a UUID (from row 2 of rows.csv, account)" in done.stderr


@pytest.mark.parametrize("command", [("run", "--local"), ("dry-run",)], ids=["run", "dry-run"])
def test_a_row_is_warned_about_once_and_never_the_line_of_the_file(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = each(tmp_path, ["nope,b"], *command)
    assert done.stderr.count("warning[") == 1
    assert "b.yaml:1:" not in done.stderr


def test_of_many_rows_the_first_are_warned_about(tmp_path: Path) -> None:
    done = each(tmp_path, [f"nope-{number},a" for number in range(60)], "run", "--local")
    assert done.stderr.count("warning[") == 21
    assert done.stderr.count("more rows have warnings; batchctl validate --each shows those of all") == 1
