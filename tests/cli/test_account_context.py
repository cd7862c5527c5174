"""``--context``: keys of the account's context, for runs and previews on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_api import answer, scripted

from batchctl.plan.context_names import context_names, read_of_account
from batchctl.preparation import prepare

ROOT = Path(__file__).parents[2]
TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {user: u-1}
resources:
  - {name: deals, resource: crm/deals, method: list, query: {region: "{{region}}", user: "{{args.user}}"}}
"""

JOB = """\
default_runtime_version: 4
integration_name: notion
state_key: "s-{{space}}"
resources:
  - {name: rows, type: request, resource: crm/deals, method: list, query: {region: "{{region}}"}}
  - name: out
    type: destination
    destination_type: datastore
    resources_to_persist: [rows]
    config: {id: d, config: {path: "{{folder}}/x"}}
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


@pytest.mark.parametrize("command", [("run", "--local"), ("dry-run",), ("validate",)])
def test_a_name_that_nothing_reads_is_refused(folder: Path, command: tuple[str, ...]) -> None:
    done = batchctl(folder, *command, "c.yaml", "--context", "regoin=eu")
    assert done.returncode == 2
    assert 'did you mean "region"?' in done.stderr
    assert done.stdout == ""


def test_a_name_that_is_given_is_no_warning(folder: Path) -> None:
    assert "BC402" in batchctl(folder, "validate", "c.yaml").stdout
    done = batchctl(folder, "validate", "c.yaml", "--context", "region=eu", "--fail-on", "warning")
    assert (done.returncode, done.stdout) == (0, "1 file is valid.\n")
    run = batchctl(folder, "run", "c.yaml", "--local", "-q", "--context", "region=eu")
    assert "BC402" not in run.stderr


@pytest.mark.parametrize("command", [("validate",), ("run", "--local"), ("dry-run",)])
@pytest.mark.parametrize("where", ["account.yaml", "accounts/5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10/account.yaml"])
def test_what_the_account_of_the_fixtures_has_is_no_warning(folder: Path, where: str, command: tuple[str, ...]) -> None:
    """The run reads it there, too. A name that the account does not have, and one beside it, are still a warning."""
    for name, is_known in (("region", True), ("regio", False)):
        place = folder / "fixtures" / where
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{{context: {{{name}: eu}}}}", "utf-8")
        done = batchctl(folder, *command, "c.yaml")
        said = done.stdout + done.stderr
        assert ("BC402" in said) != is_known
        assert ('did you mean "regio"?' in said) != is_known


def test_fixtures_that_an_option_names_win(folder: Path) -> None:
    """Files that can't be used bring no names: a run says what is wrong with them, a check only what it sees."""
    other = folder / "other"
    other.mkdir()
    (folder / "fixtures" / "account.yaml").write_text("{context: {region: eu}}", "utf-8")
    (other / "account.yaml").write_text("[", "utf-8")
    assert "BC402" not in batchctl(folder, "dry-run", "c.yaml").stderr
    assert "BC402" in batchctl(folder, "run", "c.yaml", "--local", "--fixtures", "other").stderr
    (other / "account.yaml").write_text("{context: {region: eu}}", "utf-8")
    (folder / "fixtures" / "account.yaml").unlink()
    assert "BC402" not in batchctl(folder, "dry-run", "c.yaml", "--fixtures", "other").stderr
    assert "BC402" in batchctl(folder, "dry-run", "c.yaml").stderr


def test_a_sync_job_has_its_names_checked_too(folder: Path) -> None:
    (folder / "j.yaml").write_text(JOB, "utf-8")
    done = batchctl(folder, "sync", "j.yaml", "--context", "regoin=eu")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'nothing in the definition reads "regoin"' in done.stderr
    for name in ("region", "folder", "space"):
        done = batchctl(folder, "validate", "j.yaml", "--context", f"{name}=eu")
        assert "from --context" not in done.stderr


@pytest.mark.parametrize(
    ("found", "status", "given", "code", "said"),
    [
        ({"context": {"region": "eu"}}, 200, (), 0, "the account's context gives region"),
        ({"context": {"regionn": "eu"}}, 200, (), 2, 'the API does not report "region" of the account'),
        ({"id": "a"}, 200, (), 2, "give it with --context region:=JSON"),
        ({"id": "a"}, 200, ("--context", "region=eu"), 0, ""),
        ({"id": "a"}, 200, ("--allow-unresolved",), 0, "the API does not report region of the account"),
        ({"message": "no"}, 403, (), 4, "give it with --context region:=JSON"),
        ({"message": "no"}, 403, ("--allow-unresolved",), 0, "the API does not report region of the account"),
        ({"message": "no"}, 401, (), 4, "401"),
    ],
)
def test_a_direct_run_asks_the_api_for_what_it_reads(
    folder: Path, found: object, status: int, given: tuple[str, ...], code: int, said: str
) -> None:
    page = answer({"result": [{"id": "d-1"}], "next_cursor": None})
    answers = [page] if "region=eu" in given else [answer(found, status), page]
    with scripted(*answers) as api:
        to = ("--token", "t", "--retries", "0", "--api-url", api.url)
        done = batchctl(folder, "run", "c.yaml", "--direct", "-o", "json", *to, *given)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    sent = [each.target for each in api.asked if "/unified/" in each.target]
    assert len(sent) == (code == 0)
    if code == 0 and "does not report" not in said:
        assert "region=eu" in sent[0]
        assert sum("/integrated-account/" in each.target for each in api.asked) == (not given)


def test_a_secret_of_the_context_is_masked_from_then_on(folder: Path) -> None:
    (folder / "c.yaml").write_text(TEXT.replace("{{region}}", "{{api_key}}"), "utf-8")

    account = answer({"context": {"api_key": "canary-0815-value"}})
    with scripted(account, answer({"message": "canary-0815-value is no region"}, 400)) as api:
        done = batchctl(folder, "run", "c.yaml", "--direct", "--token", "t", "--api-url", api.url)
    assert done.returncode == 3
    assert any("region=canary-0815-value" in each.target for each in api.asked)
    assert "canary-0815" not in done.stdout + done.stderr


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


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("query: {a: '{{args.user}}'}", set()),
        ("query: {a: '{{team.id}}', b: '{{tenant_id}}'}", {"team", "tenant_id"}),
        ("loop_on: teams", {"teams"}),
        ("loop_on: user", set()),
        ("run_if: region = 'eu' and args.user", {"region"}),
        ("query: '{\"a\": args.list.region}'", set()),
    ],
)
def test_what_only_the_account_can_have(fields: str, names: set[str]) -> None:
    text = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nargs: {user: [u-1]}\n"
    plan = prepare(f"{text}resources:\n  - resource: crm/deals\n    method: list\n    {fields}\n").require_plan()
    assert read_of_account(plan) == names


@pytest.mark.parametrize(
    ("context", "said"),
    [('drives:={"id": 1}', "drives is an object"), ("drives=x", "drives is a string"), ("drives:=[]", None)],
)
def test_a_loop_over_a_key_that_is_no_list_is_an_error(folder: Path, context: str, said: str | None) -> None:
    loop = '{resource: crm/deals, method: list, loop_on: drives, query: {drive: "{{drives}}"}}'
    (folder / "l.yaml").write_text(f"{TEXT.split('resources', maxsplit=1)[0]}resources:\n  - {loop}\n", "utf-8")
    done = batchctl(folder, "validate", "l.yaml", "--context", context, "--select", "loop-not-array")
    assert done.returncode == (1 if said else 0), done.stderr
    assert f"loop_on: {said}, not an array" in done.stdout if said else "is valid" in done.stdout
