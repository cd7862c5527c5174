"""``batchctl sync``, as a person runs it: real files, a real receiver, a real database."""

import json
import os
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

JOB = """
label: Pages with their blocks
default_runtime_version: 4
state_key: "{{args.account}}-pages"
args_schema:
  account: {type: string, required: true}
  store: {type: string}
args_validation: 'args.store = "none" ? {"message": "no such store"} : null'
fixtures: fixtures
resources:
  - {name: since, type: get_state, config: {key: last, default: "2020-01-01"}}
  - name: pages
    resource: wiki/pages
    method: list
    depends_on: since
    integrated_account_id: "{{args.account}}"
    query: {updated_at: {gt: "{{resources.since.value}}"}, limit: 2}
  - name: title
    type: add_context
    depends_on: pages
    config: {expression: '{"page_title": resources.wiki.pages.title}'}
  - {name: blocks, resource: blocks, method: list, depends_on: pages, query: {page: "{{resources.wiki.pages.id}}"}}
  - {name: text, type: transform, depends_on: blocks, config: {expression: 'resources.blocks.{"t": text}'}}
  - {name: all, type: spool, depends_on: text}
  - name: doc
    type: transform
    depends_on: all
    config: {expression: '{"title": page_title, "body": $join(resources.blocks.t, " ")}'}
  - name: files
    type: destination
    destination_type: datastore
    resources_to_persist: [doc]
    config:
      id: "{{args.store}}"
      config: {path: "{{kind?:wiki}}", file_name: "{{page_title}}.md", content: "{{payload.records.0.body}}"}
  - {name: hook, type: destination, destination_type: webhook, resources_to_persist: [pages], config: {id: w}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
  - {name: done, type: event, config: {name: complete}}
  - name: remember
    type: update_state
    depends_on: done
    config: {key: last, value_expression: "$sort(resources.wiki.pages.updated_at)[-1]"}
"""
PAGES = [{"id": f"p{n}", "title": t, "updated_at": f"2024-01-0{n}"} for n, t in enumerate(["One", "Two", "Three"], 1)]
BLOCKS = [
    {"id": "b1", "page": "p1", "text": "Hello"},
    {"id": "b2", "page": "p1", "text": "you"},
    {"id": "b3", "page": "p2", "text": "Hm"},
]
ARGS = ("--arg", "account=acc", "--arg", "store=s1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fixtures" / "unified" / "wiki").mkdir(parents=True)
    (tmp_path / "fixtures" / "proxy").mkdir()
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "fixtures" / "unified" / "wiki" / "pages.json").write_text(json.dumps(PAGES), "utf-8")
    (tmp_path / "fixtures" / "proxy" / "blocks.json").write_text(json.dumps(BLOCKS), "utf-8")
    return tmp_path


def batchctl(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def sync(folder: Path, *words: str) -> dict[str, Any]:
    done = batchctl(folder, "sync", "job.yaml", *ARGS, "-o", "json", *words)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_what_a_run_delivers(folder: Path) -> None:
    result = sync(folder, "--to", "dir:out", "--webhook-secret", "some-secret")
    assert result["run"]["status"] == "completed"
    assert result["run"]["resource_stats"]["pages"] == {"list": {"fetched": 3, "persisted": 3}}
    assert result["destinations"]["files"] == {"delivered": 3, "failed": 0}
    written = {path.name: path.read_text("utf-8") for path in (folder / "out" / "wiki").iterdir()}
    assert written == {"One.md": "Hello you", "Two.md": "Hm", "Three.md": ""}
    posts = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "out" / "hook").iterdir())]
    assert [post["body"]["event"].split(":")[1] for post in posts] == [
        "created",
        "started",
        "record",
        "record",
        "completed",
    ]
    assert posts[2]["body"]["payload"] == {"resource": "wiki/pages", "records": PAGES[:2], "meta": None}
    rows = (folder / "out" / "rows" / "wiki_pages.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(row)["truto_sync_job_run_id"] for row in rows] == [result["run"]["id"]] * 3


def test_a_case_of_the_junit_report_is_a_call_where_that_is_asked_for(folder: Path) -> None:
    sync(folder, "--to", "dir:out", "--report-junit", "j.xml", "--junit-cases", "calls")
    names = [case.get("name") for case in ET.parse(folder / "j.xml").getroot().iter("testcase")]
    assert sum(name.startswith("GET /proxy/blocks?page=p") for name in names if name) == 3
    done = batchctl(folder, "sync", "job.yaml", *ARGS, "--junit-cases", "calls")
    assert (done.returncode, "--junit-cases goes with --report-junit" in done.stderr) == (2, True)


def test_the_signature_is_that_of_the_compact_bytes_of_the_body(folder: Path) -> None:
    from batchctl.destinations.envelope import body_of, is_signed

    sync(folder, "--to", "dir:out", "--webhook-secret", "some-secret")
    post = json.loads((folder / "out" / "hook" / "00003.json").read_text("utf-8"))
    assert is_signed(body_of(post["body"]), post["headers"], "some-secret")
    assert not is_signed(body_of({**post["body"], "id": "x"}), post["headers"], "some-secret")


def test_the_next_run_fetches_only_what_is_newer(folder: Path) -> None:
    sync(folder)
    assert sync(folder)["run"]["resource_stats"]["pages"]["list"]["fetched"] == 0
    newer = [*PAGES, {"id": "p4", "title": "Four", "updated_at": "2024-01-09"}]
    (folder / "fixtures" / "unified" / "wiki" / "pages.json").write_text(json.dumps(newer), "utf-8")
    assert sync(folder)["run"]["resource_stats"]["pages"]["list"]["fetched"] == 1


def test_an_error_leaves_the_state_as_it_is(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: blocks, method: list, status: 400}\n", "utf-8")
    done = batchctl(folder, "sync", "job.yaml", *ARGS, "-o", "json")
    assert done.returncode == 3, done.stderr
    result = json.loads(done.stdout)
    assert result["run"]["status"] == "failed"
    assert "blocks" in result["errors"]
    (folder / "fixtures" / "faults.yaml").unlink()
    assert sync(folder)["run"]["resource_stats"]["pages"]["list"]["fetched"] == 3


def test_rows_in_a_database_are_there_once_however_often_it_runs(folder: Path) -> None:
    for state in ("a", "b"):
        sync(folder, "--to", "rows=sqlite:db.sqlite", "--state", state)
    with sqlite3.connect(folder / "db.sqlite") as database:
        rows = database.execute("SELECT id, title, updated_at FROM wiki_pages ORDER BY id").fetchall()
    database.close()
    assert rows == [(page["id"], page["title"], page["updated_at"]) for page in PAGES]


def test_arguments_that_the_job_refuses(folder: Path) -> None:
    refused = batchctl(folder, "sync", "job.yaml", "--arg", "account=acc", "--arg", "store=none")
    assert (refused.returncode, "no such store" in refused.stderr) == (2, True)
    missing = batchctl(folder, "sync", "job.yaml")
    assert (missing.returncode, "account" in missing.stderr) == (2, True)
    unknown = batchctl(folder, "sync", "job.yaml", *ARGS, "--arg", "stroe=x")
    assert (unknown.returncode, "stroe" in unknown.stderr) == (2, True)


@pytest.fixture
def receiver(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "batchctl", "receive", "--port", "0", "--secret", "shared", "--out", "got"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert process.stderr is not None
    yield process.stderr.readline().split()[-1]
    process.terminate()
    process.wait()
    process.stderr.close()


def test_a_receiver_gets_every_event_in_order(folder: Path, receiver: str) -> None:
    result = sync(folder, "--to", f"hook=webhook:{receiver}", "--webhook-secret", "shared")
    events = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "got").iterdir())]
    assert [event["event"] for event in events] == [
        "sync_job_run:created",
        "sync_job_run:started",
        "sync_job_run:record",
        "sync_job_run:record",
        "sync_job_run:completed",
    ]
    assert events[-1]["payload"]["id"] == result["run"]["id"]


def test_a_file_is_not_judged_as_the_other_kind(folder: Path) -> None:
    assert batchctl(folder, "validate", "job.yaml").returncode == 0
    refused = batchctl(folder, "run", "job.yaml", "--local")
    assert (refused.returncode, "sync job" in refused.stderr) == (1, True)
    (folder / "batch.yaml").write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources: [{resource: a/b, method: list}]\n",
        "utf-8",
    )
    assert batchctl(folder, "sync", "batch.yaml").returncode == 2
    (folder / "job.yaml").write_text(JOB.replace("resources_to_persist: [doc]", "resources_to_persist: [dok]"), "utf-8")
    wrong = batchctl(folder, "validate", "job.yaml")
    assert (wrong.returncode, '"dok"' in wrong.stdout) == (1, True)


def test_a_flat_job_delivers_what_it_persists(folder: Path) -> None:
    (folder / "job.yaml").write_text(
        """
label: Flat
integration_name: wiki
default_runtime_version: 3
args_schema: {account: {type: string}, store: {type: string}}
resources:
  - {resource: wiki/pages, method: list, query: {updated_at: {gt: "{{previous_run_date}}"}}}
  - {resource: blocks, method: list}
""",
        "utf-8",
    )
    result = sync(folder, "--to", "dir:out")
    assert result["destinations"] == {"records": {"delivered": 1, "failed": 0}}
    assert sync(folder)["run"]["resource_stats"]["wiki/pages"]["list"]["fetched"] == 0
    assert sync(folder, "--ignore-previous-run")["run"]["resource_stats"]["wiki/pages"]["list"]["fetched"] == 3


def test_a_preview_over_fixtures_is_that_of_a_first_run(folder: Path) -> None:
    (folder / "job.yaml").write_text(
        """
label: What a job reads of its run
integration_name: wiki
default_runtime_version: 3
args_schema: {account: {type: string}, store: {type: string}}
resources:
  - resource: wiki/pages
    method: list
    query: {updated_at: {gt: "{{previous_run_date}}"}, run: "{{sync_job_run.id:undefined}}"}
    run_if: sync_job_run.status = "running"
  - name: stamped
    type: transform
    depends_on: wiki/pages
    persist: true
    config:
      expression: 'resources.wiki.pages.{"id": id, "day": $substring($$.sync_job_run.started_at.toISOString(), 0, 2)}'
""",
        "utf-8",
    )
    shown = batchctl(folder, "dry-run", "job.yaml", *ARGS, "--fixtures", "fixtures", "--format", "json")
    preview = json.loads(shown.stdout)
    (request,) = preview["resources"][0]["requests"]
    assert request["query"] == {"updated_at": {"gt": "1970-01-01T00:00:00.000Z"}, "run": "{{sync_job_run.id}}"}
    assert preview["diagnostics"] == []
    (records,) = (node for node in preview["resources"] if node["name"] == "records")
    stamped = [payload for payload in records["payloads"] if payload["resource"] == "stamped"]
    assert [[record["day"] for record in payload["records"]] for payload in stamped] == [["20", "20", "20"]]


def test_a_preview_says_that_a_run_would_be_refused(folder: Path) -> None:
    shown = batchctl(folder, "dry-run", "job.yaml", "--arg", "account=acc", "--arg", "store=none", "-q")
    assert shown.returncode == 0
    assert "a run would be refused: no such store" in shown.stderr
    assert "refused" not in batchctl(folder, "dry-run", "job.yaml", *ARGS).stderr
    broken = JOB.replace('args.store = "none" ?', '$error("no") ?')
    (folder / "job.yaml").write_text(broken, "utf-8")
    assert "args_validation can't be evaluated" in batchctl(folder, "dry-run", "job.yaml", *ARGS).stderr


def test_an_earlier_run_that_is_ignored_gives_no_state_and_the_new_one_is_stored(folder: Path) -> None:
    def fetched(*words: str) -> int:
        figures: int = sync(folder, *words)["run"]["resource_stats"]["pages"]["list"]["fetched"]
        return figures

    assert [fetched(), fetched()] == [3, 0]
    assert fetched("--ignore-previous-run") == 3
    assert fetched() == 0


@pytest.mark.parametrize("place", ["dir:file/out", "sqlite:file/rows.db", "sqlite:job.yaml"])
def test_a_place_that_cannot_be_used_ends_the_run_before_anything_is_fetched(folder: Path, place: str) -> None:
    (folder / "file").write_text("", "utf-8")
    # Each call would have failed: a run that fetched something would end with 3.
    (folder / "fixtures" / "faults.yaml").write_text("[{resource: wiki/pages, status: 500}]", "utf-8")
    refused = batchctl(folder, "sync", "job.yaml", *ARGS, "--to", f"rows={place}", "--retries", "0")
    assert (refused.returncode, "can't be written" in refused.stderr) == (4, True)
    assert (folder / "job.yaml").read_text("utf-8") == JOB


def test_a_place_that_is_none_is_said_before_a_run_is_recorded(folder: Path) -> None:
    for place in ("nope:x", "rows=sqlite:", "hook=s3:bucket", "hook=webhook:ftp://x"):
        refused = batchctl(folder, "sync", "job.yaml", *ARGS, "--to", place)
        assert (refused.returncode, "error: --to: " in refused.stderr) == (2, True), refused.stderr
        assert "run " not in refused.stderr.replace("batchctl", "")
