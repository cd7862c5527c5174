"""Warnings about the values of any row are shown before it runs; of very many rows, those of the first."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from batchctl.diagnostics import START, Diagnostic
from batchctl.diagnostics.kinds import problem
from batchctl.execution.row_news import RowNews
from batchctl.preparation import prepare
from batchctl.structs import replace

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


SAME = "9 more rows with the same warning, BC607; batchctl validate --each shows those of all"


@pytest.mark.parametrize("command", [("run", "--local"), ("dry-run",)], ids=["run", "dry-run"])
def test_the_same_warning_is_shown_once_with_the_number_of_rows(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = each(tmp_path, [f"nope-{number},a" for number in range(10)], *command)
    assert done.stderr.count("warning[") == 1
    assert done.stderr.count(SAME) == 1


def test_rows_that_are_like_an_earlier_one_are_counted_too(tmp_path: Path) -> None:
    done = each(tmp_path, ["nope,a"] * 10, "run", "--local")
    assert done.stderr.count("warning[") == 1
    assert done.stderr.count(SAME) == 1


def test_a_row_without_the_warning_is_not_counted(tmp_path: Path) -> None:
    done = each(tmp_path, ["nope,a", f"{ACCOUNT},a", "nope-2,a"], "run", "--local")
    assert "1 more row with the same warning, BC607" in done.stderr


def warning(number: int) -> Diagnostic:
    return problem("account-not-uuid", f"argument {number}", START)


def test_of_many_warnings_the_first_are_shown() -> None:
    cuts: list[int] = []
    news = RowNews(lambda: cuts.append(1), lambda *_: None)
    shown = [len(news.of(replace(prepare(BATCH), diagnostics=(warning(number),))).diagnostics) for number in range(60)]
    assert (sum(shown), len(cuts)) == (21, 1)
