"""A dry run and a drawing of a sync job: each request's account, states, events, and what destinations get."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from batchctl.authoring import TEMPLATES
from batchctl.cli.app import app
from batchctl.errors import UsageError

ACCOUNT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template = TEMPLATES["sync"]
    Path("job.sync.yaml").write_text(template.text.format(title="nightly"), "utf-8")
    for name, text in template.fixtures.items():
        Path("fixtures", name).parent.mkdir(parents=True, exist_ok=True)
        Path("fixtures", name).write_text(text, "utf-8")


def invoked(*words: str) -> str:
    done = CliRunner().invoke(app, words, env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert done.exit_code == 0, done.output
    return done.stdout


def data(*words: str) -> dict[str, Any]:
    preview = json.loads(invoked("dry-run", "job.sync.yaml", "--format", "json", *words))
    return {**preview, "by_name": {node["name"]: node for node in preview["resources"]}}


def test_a_request_is_made_in_the_name_of_its_own_account() -> None:
    preview = data("--arg", "account=other account")
    (request,) = preview["by_name"]["contacts"]["requests"]
    assert preview["kind"] == "sync-job"
    assert request["url"].endswith(
        "/unified/crm/contacts?integrated_account_id=other%20account&updated_at[gt]={{resources.since.value}}"
    )
    assert request["unresolved"] == ["resources.since.value"]
    assert preview["by_name"]["contacts"]["repeats"] == [{"over": "resources.since", "count": 1}]
    assert "payloads" not in preview["by_name"]["rows"]


def test_with_records_it_shows_what_each_destination_gets() -> None:
    nodes = data("--fixtures", "fixtures", "--arg", "webhook=w-1")["by_name"]
    assert nodes["contacts"]["requests"][0]["query"] == {"updated_at": {"gt": "1970-01-01T00:00:00.000Z"}}
    assert nodes["hook"]["deliveries"] == 1
    (payload,) = nodes["hook"]["payloads"]
    assert payload["resource"] == "names"
    assert [record["name"] for record in payload["records"]] == ["Ada Okafor", "Bo Lindqvist", "Chandra Rao"]
    assert nodes["rows"]["payloads"][0]["resource"] == "crm/contacts"


def test_samples_that_are_not_all_leave_the_number_open() -> None:
    job = Path("job.sync.yaml")
    more = "  - {name: deals, resource: crm/deals, method: list}\n  - name: rows\n"
    text = job.read_text("utf-8").replace("  - name: rows\n", more)
    job.write_text(text.replace("[contacts]", "[contacts, deals]"), "utf-8")
    Path("some.json").write_text('[{"id": "c-9", "updated_at": "2024-03-01"}]', "utf-8")
    rows = data("--sample", "crm/contacts=some.json")["by_name"]["rows"]
    assert rows["deliveries"] is None
    assert rows["payloads"][0]["records"] == [{"id": "c-9", "updated_at": "2024-03-01"}]


def test_what_only_a_run_knows_of_itself_is_not_a_mistake() -> None:
    Path("flat.yaml").write_text(
        """
kind: sync-job
default_runtime_version: 3
resources:
  - {resource: crm/contacts, method: list, query: {since: "{{previous_run_date}}", run: "{{sync_job_run.id}}"}}
""",
        "utf-8",
    )
    preview = json.loads(invoked("dry-run", "flat.yaml", "--format", "json"))
    assert preview["diagnostics"] == []
    assert preview["resources"][0]["requests"][0]["unresolved"] == ["previous_run_date", "sync_job_run.id"]
    assert preview["resources"][1]["kind"] == "destination"


def test_the_tree_says_it_in_words() -> None:
    screen = " ".join(invoked("dry-run", "job.sync.yaml", "--fixtures", "fixtures").split())
    for words in (
        f"account id = {ACCOUNT}",
        "last_synced_at, else 1970-01-01T00:00:00.000Z",
        "when all is done without an error",
        "gets every page of contacts payloads 1 delivery crm/contacts, 3 records",
        "last_synced_at = $sort(resources.crm.contacts.updated_at)[-1]",
    ):
        assert words in screen


def test_one_call_can_not_make_a_sync_job() -> None:
    refused = CliRunner().invoke(app, ["dry-run", "job.sync.yaml", "--format", "curl"])
    assert isinstance(refused.exception, UsageError)
    assert "not one call" in str(refused.exception)
    assert "integrated_account_id=" in invoked("dry-run", "job.sync.yaml", "--format", "curl", "--per-request")


def test_the_graph_draws_states_events_and_destinations() -> None:
    assert invoked("graph", "job.sync.yaml").splitlines() == [
        "nightly",
        "since  get_state  last_synced_at",
        "└─ contacts  GET /unified/crm/contacts",
        "   ├─ names  transform",
        "   │  └─ hook  destination  to webhook ‹args.webhook›  only if $exists(args.webhook)",
        "   └─ rows  destination  to superquery",
        "done  event  complete",
        "└─ remember  update_state  last_synced_at",
    ]


def test_with_fixtures_the_account_s_context_is_theirs() -> None:
    Path("fixtures", "account.yaml").write_text("context: {mailboxes: [m1, m2], stage: open}\n", "utf-8")
    job = Path("job.sync.yaml")
    job.write_text(
        job.read_text("utf-8").replace("    query:\n", '    query:\n      mailbox: "{{mailboxes:json}}"\n', 1), "utf-8"
    )
    query = data("--fixtures", "fixtures")["by_name"]["contacts"]["requests"][0]["query"]
    assert query["mailbox"] == ["m1", "m2"]
    given = data("--fixtures", "fixtures", "--context", "mailboxes:=[]")
    assert given["by_name"]["contacts"]["requests"][0]["query"]["mailbox"] == []
