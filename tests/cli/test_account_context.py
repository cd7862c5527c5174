"""``--context``: keys of the account's context, for runs and previews on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.plan.context_names import context_names
from batchctl.preparation import prepare

ROOT = Path(__file__).parents[2]
TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {user: u-1}
resources:
  - {name: deals, resource: crm/deals, method: list, query: {region: "{{region}}", user: "{{args.user}}"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "c.yaml").write_text(TEXT, "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm" / "deals.json"
    records.parent.mkdir(parents=True)
    records.write_text('[{"id": "d-1", "region": "eu"}, {"id": "d-2", "region": "us"}]', "utf-8")
    return tmp_path


def batchctl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_local_run_sends_the_accounts_key(folder: Path) -> None:
    done = batchctl(folder, "run", "c.yaml", "--local", "-o", "json", "--context", 'region:="us"')
    assert done.returncode == 0, done.stderr
    assert [each["id"] for each in json.loads(done.stdout)["result"]["deals"]] == ["d-2"]


@pytest.mark.parametrize("samples", [(), ("--fixtures", "fixtures")])
def test_a_preview_shows_it(folder: Path, samples: tuple[str, ...]) -> None:
    done = batchctl(folder, "dry-run", "c.yaml", "--format", "ndjson", "--context", "region=eu", *samples)
    assert json.loads(done.stdout)["query"] == {"region": "eu", "user": "u-1"}


@pytest.mark.parametrize("command", [("run", "--local"), ("dry-run",)])
def test_a_name_that_nothing_reads_is_refused(folder: Path, command: tuple[str, ...]) -> None:
    done = batchctl(folder, *command, "c.yaml", "--context", "regoin=eu")
    assert done.returncode == 2
    assert 'did you mean "region"?' in done.stderr
    assert done.stdout == ""


def test_truto_has_its_own(folder: Path) -> None:
    done = batchctl(folder, "run", "c.yaml", "--context", "region=eu")
    assert done.returncode == 2
    assert "--context goes with --local and --direct" in done.stderr


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("query: {a: '{{args.user}}'}", set()),
        ("query: {a: '{{team.id?:args.user}}'}", {"team"}),
        ("loop_on: teams", {"teams"}),
        ("run_if: region = 'eu'", {"region"}),
        ("query: '{\"a\": region}'", {"region"}),
        ("query: '{\"a\": $}'", None),
        (
            "recurse: {if: '{{deep}}', config: {query: {at: '{{root.id}}', id: '{{resources.crm.deals.id}}'}}}",
            {"deep", "root"},
        ),
    ],
)
def test_which_keys_a_plan_reads(fields: str, names: set[str] | None) -> None:
    text = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nargs: {user: u-1}\n"
    plan = prepare(f"{text}resources:\n  - resource: crm/deals\n    method: list\n    {fields}\n").require_plan()
    assert context_names(plan) == names
