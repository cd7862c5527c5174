"""Several accounts in one job: each node reads the context of its own account, here and over the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import batchctl
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


def test_an_account_that_a_record_names_has_the_context_of_the_run(folder: Path) -> None:
    """Only a run can tell it, so the run's own account counts."""
    job = """
default_runtime_version: 4
integrated_account_id: acc-1
resources:
  - {name: who, type: request, resource: crm/contacts, method: list, query: {region: eu}}
  - {name: deals, type: request, resource: crm/deals, method: list, depends_on: who, integrated_account_id: "{{resources.crm.contacts.owner?:acc-2}}", query: {region: "{{region}}"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}
"""  # noqa: E501 - a definition
    (folder / "job.yaml").write_text(job, "utf-8")
    done = run(folder)
    assert done.ok, done.json()
    (line,) = (folder / "out" / "rows" / "crm_deals.ndjson").read_text("utf-8").splitlines()
    assert (json.loads(line)["id"], json.loads(line)["truto_integrated_account_id"]) == ("acc-2-deals-eu", "acc-2")
