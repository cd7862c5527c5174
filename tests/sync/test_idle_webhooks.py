"""A webhook that the arguments of a run exclude: nothing is posted to it, and nothing is said of a signature."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from killing_receiver import receiving
from typer.testing import CliRunner

import batchctl
from batchctl.blocking import wait_for
from batchctl.cli.app import app
from batchctl.definition.given import Given
from batchctl.execution.idle_destinations import idle_destinations

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
label: Deals
default_runtime_version: 4
args_schema: {{webhook: {{type: string}}}}
resources:
  - {{name: deals, type: request, resource: crm/deals, method: list}}
  - {{name: hook, type: destination, destination_type: webhook, resources_to_persist: [deals], run_if: {condition}}}
  - {{name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}}
"""
BY_ARGUMENT = "'$exists(args.webhook)'"
SIGNED = "webhooks are signed with"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "deals.json").write_text(json.dumps([{"id": "1"}, {"id": "2"}]), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB.format(condition=BY_ARGUMENT), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATCHCTL_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def sync(*words: str) -> str:
    done = CliRunner().invoke(app, ["sync", "job.yaml", *words])
    assert done.exit_code == 0, done.output
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("to", ["files", "a webhook"])
def test_it_hears_nothing_of_a_run_without_its_argument(folder: Path, to: str) -> None:
    with receiving() as receiver:
        place = ["--to", "dir:out", *([] if to == "files" else ["--to", f"hook=webhook:{receiver.url}"])]
        assert SIGNED not in sync(*place)
        assert (receiver.events, (folder / "out" / "hook").exists()) == ([], False)
        assert (folder / "out" / "rows" / "crm_deals.ndjson").exists()
        assert SIGNED in sync(*place, "--arg", "webhook=w")
        heard = [event["event"] for event in receiver.events]
        if to == "files":
            heard = [json.loads(path.read_text())["body"]["event"] for path in sorted((folder / "out/hook").iterdir())]
        assert heard == [f"sync_job_run:{what}" for what in ("created", "started", "record", "completed")]


def test_rows_hear_of_a_signature_where_one_of_them_posts(folder: Path) -> None:
    (folder / "without.ndjson").write_text("{}\n{}\n", "utf-8")
    (folder / "one.ndjson").write_text('{}\n{"webhook": "w"}\n', "utf-8")
    given = ("--to", "dir:out", "--state", "state.db", "--force", "--each")
    assert SIGNED not in sync(*given, "without.ndjson")
    assert SIGNED in sync(*given, "one.ndjson")


def test_posts_name_their_webhook_and_the_only_account_of_the_job(folder: Path) -> None:
    text = JOB.format(condition="'true'").replace("method: list", "method: list, integrated_account_id: '{{args.of}}'")
    text = text.replace("webhook: {type: string}", "webhook: {type: string}, of: {type: string}")
    text = text.replace("run_if: 'true'", "config: {id: '{{args.webhook}}'}")
    (folder / "job.yaml").write_text(text, "utf-8")
    with receiving() as receiver:
        sync("--to", "dir:out", "--to", f"hook=webhook:{receiver.url}", "--arg", "of=acc-1", "--arg", "webhook=w-7")
        assert {event["webhook_id"] for event in receiver.events} == {"w-7"}
        runs = [event["payload"] for event in receiver.events if "records" not in event["payload"]]
        assert [run["integrated_account_id"] for run in runs] == ["acc-1"] * 3


def test_one_that_looks_at_the_records_hears_of_the_run(folder: Path) -> None:
    (folder / "job.yaml").write_text(JOB.format(condition="'$count(payload.records) > 5'"), "utf-8")
    with receiving() as receiver:
        assert SIGNED in sync("--to", "dir:out", "--to", f"hook=webhook:{receiver.url}")
        assert [event["event"].partition(":")[2] for event in receiver.events] == ["created", "started", "completed"]


@pytest.mark.parametrize(
    ("condition", "idle"),
    [
        (BY_ARGUMENT, True),
        ("'args.webhook = \"w\"'", True),
        ("args.webhook", True),
        ("'true'", False),
        ("'false'", True),
        ("'$count(args.*) > 5'", False),
        ("'$exists($$.payload.no)'", False),
        ("'$exists(category)'", False),
        ("'$random() > 1'", False),
        ("'$now() < \"1\"'", False),
        ("'args.webhook + 1'", True),
        ("'$error(\"no\")'", False),
    ],
)
def test_what_the_arguments_decide(folder: Path, condition: str, idle: bool) -> None:
    (folder / "job.yaml").write_text(JOB.format(condition=condition), "utf-8")
    text = (folder / "job.yaml").read_bytes()
    plan = batchctl.prepare(text, file="job.yaml", jobs=True, given=Given({}), required=None).require_plan()
    assert (wait_for(idle_destinations(plan)) == {"hook"}) is idle
