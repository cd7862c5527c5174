"""Several accounts in one job: each node reads the context of its own account, here and over the API."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import batchctl
from batchctl.cli.app import app
from batchctl.engine.result import Failed
from batchctl.testing import server

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
default_runtime_version: 4
args: {first: acc-1, second: acc-2}
resources:
  - {name: ours, type: request, resource: crm/contacts, method: list, integrated_account_id: "{{args.first}}", query: {region: "{{region}}"}}
  - name: theirs
    type: request
    resource: crm/deals
    method: list
    integrated_account_id: "{{args.second}}"
    loop_on: regions
    query: {region: "{{regions}}"}
  - {name: named, type: transform, depends_on: theirs, config: {expression: "resources.crm.deals.{ 'id': id, 'region': region, 'of': $$.tenant_id }"}}
  - {name: ours_named, type: transform, depends_on: ours, config: {expression: "resources.crm.contacts.{ 'id': id, 'of': $$.tenant_id }"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [named, ours_named]}
"""  # noqa: E501 - a definition
ACCOUNTS = {
    "acc-1": "{id: acc-1, tenant_id: t-1, context: {region: eu, regions: [never]}}",
    "acc-2": "{id: acc-2, tenant_id: t-2, context: {region: us, regions: [us, ap]}}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for account, about in ACCOUNTS.items():
        records = tmp_path / "fixtures" / "accounts" / account / "unified" / "crm"
        records.mkdir(parents=True)
        (records.parents[1] / "account.yaml").write_text(about, "utf-8")
        for name in ("contacts", "deals"):
            made = [{"id": f"{account}-{name}-{region}", "region": region} for region in ("eu", "us", "ap")]
            (records / f"{name}.json").write_text(json.dumps(made), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    return tmp_path


def rows(folder: Path) -> set[tuple[str, str]]:
    lines = [
        line for path in (folder / "out" / "rows").glob("*.ndjson") for line in path.read_text("utf-8").split("\n")
    ]
    return {(row["id"], row["of"]) for row in map(json.loads, filter(None, lines))}


WANTED = {("acc-1-contacts-eu", "t-1"), ("acc-2-deals-us", "t-2"), ("acc-2-deals-ap", "t-2")}


def run(folder: Path, **settings: Any) -> batchctl.SyncResult:
    environment = {"BATCHCTL_STATE_DIR": str(folder / "own")}
    return batchctl.run_sync(folder / "job.yaml", to=f"dir:{folder}/out", environment=environment, **settings)


def test_over_fixtures(folder: Path) -> None:
    done = run(folder)
    assert (done.ok, rows(folder)) == (True, WANTED), done.json()


def test_over_the_api(folder: Path) -> None:
    with server(folder / "fixtures") as service:
        done = run(folder, executor="direct", api_url=service.url, token=service.token)
    assert (done.ok, rows(folder)) == (True, WANTED), done.json()


def test_the_only_account_that_a_job_names_is_what_all_of_it_is_about(folder: Path) -> None:
    job = """
default_runtime_version: 4
args: {account: acc-2}
resources:
  - {name: last, type: get_state, config: {key: last, default: "{{region}}"}}
  - {name: deals, type: request, resource: crm/deals, method: list, depends_on: last, integrated_account_id: "{{args.account}}", query: {region: "{{resources.last.value}}"}}
  - {name: named, type: transform, depends_on: deals, config: {expression: "resources.crm.deals.{ 'id': id, 'of': $$.tenant_id }"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [named]}
"""  # noqa: E501 - a definition
    (folder / "job.yaml").write_text(job, "utf-8")
    assert run(folder).ok
    assert rows(folder) == {("acc-2-deals-us", "t-2")}


BY_RECORD = """
default_runtime_version: 4
integrated_account_id: acc-1
resources:
  - {name: who, type: request, resource: crm/users, method: list}
  - {name: deals, type: request, resource: crm/deals, method: list, depends_on: who, integrated_account_id: "{{resources.crm.users.owner}}", query: {region: "{{region}}"}}
  - {name: named, type: transform, depends_on: deals, config: {expression: "resources.crm.deals.{ 'id': id, 'of': $$.tenant_id }"}}
  - {name: gathered, type: spool, depends_on: named}
  - {name: put, type: destination, depends_on: gathered, destination_type: datastore, method: uploadObject, resources_to_persist: [named], config: {config: {path: "{{tenant_id}}", file_name: "{{payload.records.0.id}}.json", content: "{{payload.records:json}}"}}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [named]}
"""  # noqa: E501 - a definition
BY_ELEMENT = """
default_runtime_version: 4
args: {accounts: [acc-1, acc-2]}
resources:
  - {name: deals, type: request, resource: crm/deals, method: list, loop_on: args.accounts, integrated_account_id: "{{args.accounts}}", query: {region: "{{region}}"}}
  - {name: named, type: transform, depends_on: deals, config: {expression: "resources.crm.deals.{ 'id': id, 'of': $$.tenant_id }"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [named]}
"""  # noqa: E501 - a definition
BOTH = {("acc-1-deals-eu", "t-1"), ("acc-2-deals-us", "t-2")}


def users(folder: Path, *owners: str) -> None:
    made = [{"id": owner, "owner": owner} for owner in owners]
    place = folder / "fixtures" / "accounts" / "acc-1" / "unified" / "crm" / "users.json"
    place.write_text(json.dumps(made), "utf-8")


@pytest.mark.parametrize("job", [BY_RECORD, BY_ELEMENT], ids=["record", "element"])
@pytest.mark.parametrize("over", ["fixtures", "api"])
def test_an_account_that_a_record_or_an_element_names_has_its_own_context(folder: Path, job: str, over: str) -> None:
    users(folder, "acc-1", "acc-2")
    (folder / "job.yaml").write_text(job, "utf-8")
    if over == "fixtures":
        done = run(folder)
    else:
        with server(folder / "fixtures") as service:
            done = run(folder, executor="direct", api_url=service.url, token=service.token)
    assert done.ok, done.json()
    assert rows(folder) == BOTH
    if job == BY_RECORD:
        assert {path.name for path in (folder / "out").glob("t-?/*")} == {"acc-1-deals-eu.json", "acc-2-deals-us.json"}


@pytest.mark.parametrize("job", [BY_RECORD, BY_ELEMENT], ids=["record", "element"])
def test_an_account_that_can_not_be_read_is_an_error_of_its_own_calls(folder: Path, job: str) -> None:
    users(folder, "acc-9", "acc-2")
    (folder / "job.yaml").write_text(job.replace("[acc-1, acc-2]", "[acc-9, acc-2]"), "utf-8")
    with server(folder / "fixtures") as service:
        done = run(folder, executor="direct", api_url=service.url, token=service.token)
    assert rows(folder) == {("acc-2-deals-us", "t-2")}
    errors = [
        entry for outcome in (done.result.outcomes["deals"],) if isinstance(outcome, Failed) for entry in outcome.errors
    ]
    assert len(errors) == 1
    assert "the context of account acc-9 can't be read" in str(errors[0])


def test_what_lists_of_accounts_named_by_records_bring_no_more_goes(folder: Path) -> None:
    users(folder, "acc-1", "acc-2")
    job = BY_RECORD.replace("method: list, depends_on: who", "method: list, delete_tracking: hard, depends_on: who")
    job = job.replace("resources_to_persist: [named]}\n", "resources_to_persist: [deals]}\n")
    (folder / "job.yaml").write_text(job, "utf-8")
    environment = {"BATCHCTL_STATE_DIR": str(folder / "own")}
    place = f"rows=sqlite:{folder}/crm.sqlite"
    batchctl.run_sync(folder / "job.yaml", to=[place, f"dir:{folder}/out"], environment=environment)
    gone = folder / "fixtures" / "accounts" / "acc-2" / "unified" / "crm" / "deals.json"
    gone.write_text("[]", "utf-8")
    done = batchctl.run_sync(folder / "job.yaml", to=[place, f"dir:{folder}/out"], environment=environment)
    assert done.ok, done.json()
    with contextlib.closing(sqlite3.connect(folder / "crm.sqlite")) as database:
        assert database.execute("SELECT id FROM crm_deals").fetchall() == [("acc-1-deals-eu",)]


def test_a_preview_over_fixtures_knows_the_context_of_an_account_that_a_record_names(folder: Path) -> None:
    users(folder, "acc-1", "acc-2")
    (folder / "job.yaml").write_text(BY_RECORD, "utf-8")
    arguments = ["dry-run", str(folder / "job.yaml"), "--fixtures", str(folder / "fixtures"), "--format", "json"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    (deals,) = (each for each in json.loads(shown.stdout)["resources"] if each["name"] == "deals")
    assert [each["query"] for each in deals["requests"]] == [{"region": "eu"}, {"region": "us"}]


GATHERED = """
default_runtime_version: 4
args: {accounts: [acc-1, acc-2]}
resources:
  - {name: deals, type: request, resource: crm/deals, method: list, loop_on: args.accounts, integrated_account_id: "{{args.accounts}}"}
  - {name: all, type: spool, depends_on: deals}
  - {name: own, type: transform, depends_on: all, config: {expression: "resources.crm.deals[id != '2']"}}
  - {name: made, type: transform, depends_on: all, config: {expression: "resources.crm.deals.{ 'id': id, 'of': of }"}}
  - {name: again, type: destination, destination_type: superquery, resources_to_persist: [made]}
  - {name: page, type: destination, destination_type: superquery, resources_to_persist: [all]}
  - {name: each, type: destination, destination_type: superquery, loop_on: payload.records, resources_to_persist: [own]}
"""  # noqa: E501 - a definition


@pytest.mark.parametrize("kind", ["sqlite", "dir"])
def test_records_that_a_spool_gathers_of_several_accounts_stay_those_of_their_accounts(folder: Path, kind: str) -> None:
    """They may have the same ids: none takes the place of another."""
    for account in ACCOUNTS:
        deals = folder / "fixtures" / "accounts" / account / "unified" / "crm" / "deals.json"
        deals.write_text(json.dumps([{"id": str(number), "of": account} for number in (1, 2)]), "utf-8")
    (folder / "job.yaml").write_text(GATHERED, "utf-8")
    environment = {"BATCHCTL_STATE_DIR": str(folder / "own")}
    to = f"sqlite:{folder}/crm.sqlite" if kind == "sqlite" else f"dir:{folder}/out"
    done = batchctl.run_sync(folder / "job.yaml", to=to, environment=environment)
    assert done.ok, done.json()
    if kind == "sqlite":
        with contextlib.closing(sqlite3.connect(folder / "crm.sqlite")) as database:
            found = {
                table: database.execute(f'SELECT id, "of", truto_integrated_account_id FROM "{table}"').fetchall()
                for table in ("all", "made", "own")
            }
    else:
        found = {
            name: lines_of(folder / "out" / node / f"{name}.ndjson")
            for node, name in (("page", "all"), ("again", "made"), ("each", "own"))
        }
    assert sorted(found["all"]) == [(number, account, account) for number in ("1", "2") for account in ACCOUNTS]
    assert sorted(found["made"]) == sorted(found["all"])
    assert sorted(found["own"]) == [("1", account, account) for account in ACCOUNTS]


def lines_of(path: Path) -> list[tuple[str, str, str]]:
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [(row["id"], row["of"], row["truto_integrated_account_id"]) for row in rows]
