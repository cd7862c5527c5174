"""Sync jobs from Python: what ``batchctl.run_sync`` delivers, keeps, resumes and refuses."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import batchctl
from batchctl.execution.notices import Notice, RunStarted

JOB = """
label: Contacts
default_runtime_version: 4
state_key: contacts
fixtures: fixtures
resources:
  - {name: since, type: get_state, config: {key: last, default: "2020"}}
  - {name: contacts, type: request, resource: crm/contacts, method: list, depends_on: since}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
  - {name: done, type: event, config: {name: complete}}
  - name: remember
    type: update_state
    depends_on: done
    config: {key: last, value_expression: "$sort(resources.crm.contacts.id)[-1]"}
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.parent.mkdir(parents=True)
    contacts.write_text(json.dumps([{"id": f"c{number}"} for number in range(3)]), "utf-8")
    (tmp_path / "job.sync.yaml").write_text(JOB, "utf-8")
    return tmp_path / "job.sync.yaml"


def environment(job: Path) -> dict[str, str]:
    return {"BATCHCTL_STATE_DIR": str(job.parent / "own")}


def in_database(job: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(job.parent / "db.sqlite")) as database:
        return database.execute("SELECT id FROM crm_contacts ORDER BY id").fetchall()


def test_the_records_are_delivered_and_the_state_is_kept(job: Path) -> None:
    done = batchctl.run_sync(job, to=[f"sqlite:{job.parent}/db.sqlite"], environment=environment(job))
    assert (done.ok, done.run["status"], done.json()["errors"]) == (True, "completed", {})
    assert in_database(job) == [("c0",), ("c1",), ("c2",)]
    assert (job.parent / "own" / "sync-state.sqlite").exists()


def test_it_runs_in_asynchronous_code(job: Path) -> None:
    async def run() -> bool:
        to, state = f"rows=dir:{job.parent}/out", job.parent / "state.sqlite"
        return (await batchctl.arun_sync(job, to=to, state=state, environment=environment(job))).ok

    assert asyncio.run(run())
    assert (job.parent / "state.sqlite").exists()
    assert not (job.parent / "own").exists()
    assert len((job.parent / "out" / "rows" / "crm_contacts.ndjson").read_text("utf-8").splitlines()) == 3


def test_a_run_that_failed_is_resumed_as_the_same_run(job: Path) -> None:
    store = batchctl.RunStore(job.parent / "runs")
    started: list[str] = []

    def notify(notice: Notice, /) -> None:
        if isinstance(notice, RunStarted):
            started.append(notice.run_id)

    blocked = job.parent / "db.sqlite"
    blocked.mkdir()
    to, own = f"sqlite:{blocked}", environment(job)
    with pytest.raises(batchctl.DeliveryFailed, match=r"db\.sqlite can't be written"):
        batchctl.run_sync(job, to=to, store=store, notify=notify, environment=own)
    blocked.rmdir()
    resumed = batchctl.run_sync(job, to=to, store=store, resume=started[0], environment=own)
    assert resumed.ok
    assert in_database(job) == [("c0",), ("c1",), ("c2",)]
    with pytest.raises(batchctl.UsageError, match="nothing is left to resume"):
        batchctl.run_sync(job, to=to, store=store, resume=started[0], environment=own)
    with pytest.raises(batchctl.UsageError, match="from the store in which it is recorded"):
        batchctl.run_sync(job, to=to, resume=started[0], environment=own)


def test_a_run_is_resumed_without_its_file_and_destinations(job: Path) -> None:
    store, own = batchctl.RunStore(job.parent / "runs"), environment(job)
    blocked, state = job.parent / "db.sqlite", job.parent / "state.sqlite"
    blocked.mkdir()
    with pytest.raises(batchctl.DeliveryFailed, match=r"db\.sqlite can't be written"):
        batchctl.run_sync(job, to=f"sqlite:{blocked}", store=store, state=state, environment=own)
    blocked.rmdir()
    job.unlink()
    resumed = batchctl.run_sync(store=store, resume="latest", environment=own)
    assert (resumed.ok, in_database(job)) == (True, [("c0",), ("c1",), ("c2",)])
    assert state.exists()
    assert not (job.parent / "own" / "sync-state.sqlite").exists()
    with pytest.raises(batchctl.UsageError, match="no file is named"):
        batchctl.run_sync(to="dir:out", environment=own)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ((), "names no destination"),
        ("http://127.0.0.1:9/", "there is no secret"),
        ("rows=webhook:http://127.0.0.1:9/", "there is no secret"),
        ("nowhere:x", "unknown destination nowhere:x"),
    ],
)
def test_what_can_not_be_is_said_before_anything_runs(job: Path, to: str | tuple[str, ...], sentence: str) -> None:
    with pytest.raises(batchctl.UsageError, match=sentence):
        batchctl.run_sync(job, to=to, environment=environment(job))


def test_a_sync_job_is_not_run_by_truto_from_here(job: Path) -> None:
    with pytest.raises(batchctl.UsageError, match='no executor "truto"'):
        batchctl.run_sync(job, to="dir:out", executor="truto", environment=environment(job))  # type: ignore[arg-type]  # as untyped code may


def test_a_batch_is_no_sync_job(job: Path) -> None:
    job.write_text("integrated_account_id: a\nresources: [{resource: crm/contacts, method: list}]\n", "utf-8")
    with pytest.raises(batchctl.DefinitionError, match="is not a sync job"):
        batchctl.run_sync(job, to="dir:out", environment=environment(job))


def test_reports_are_those_of_the_command(job: Path) -> None:
    reports: dict[batchctl.api_settings.ReportName, Path] = {
        "json": job.parent / "r.json",
        "junit": job.parent / "r.xml",
    }
    where = f"dir:{job.parent}/out"
    batchctl.run_sync(job, to=where, environment=environment(job), reports=reports)
    report = json.loads(reports["json"].read_text("utf-8"))
    assert (report["status"], report["summary"]["calls"]) == ("succeeded", 1)
    assert "<testsuite" in reports["junit"].read_text("utf-8")
    batchctl.run_sync_each(job, [{}, {}], to=where, environment=environment(job), reports=reports)
    report = json.loads(reports["json"].read_text("utf-8"))
    assert [len(row["calls"]) for row in report["rows"]] == [1, 1]
    assert "<testsuite" in reports["junit"].read_text("utf-8")


def test_over_the_api_it_needs_a_token(job: Path) -> None:
    with pytest.raises(batchctl.CredentialsError):
        batchctl.run_sync(job, to=f"dir:{job.parent}/out", executor="direct", environment=environment(job))


def test_once_per_row(tmp_path: Path) -> None:
    """Each row has its own state and record, and a run that is resumed runs what is missing."""
    job = tmp_path / "job.yaml"
    job.write_text(
        "label: Contacts\n"
        "default_runtime_version: 4\n"
        "args_schema: {account: {type: string, format: integrated_account_id, required: true}}\n"
        "resources:\n"
        "  - {name: before, type: get_state, config: {key: runs, default: 0}}\n"
        '  - {name: contacts, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}\n'
        "  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}\n"
        "  - {name: done, type: event, config: {name: complete}}\n"
        "  - name: count\n"
        "    type: update_state\n"
        "    depends_on: [before, done]\n"
        "    config: {key: runs, value_expression: resources.before.value + 1}\n",
        "utf-8",
    )
    for name in ("one", "two"):
        place = tmp_path / "fixtures" / "accounts" / name / "unified" / "crm"
        place.mkdir(parents=True)
        (place / "contacts.json").write_text('[{"id": "1"}]', "utf-8")
    store, state = batchctl.RunStore(tmp_path / "runs"), tmp_path / "state.sqlite"
    (tmp_path / "fixtures" / "accounts" / "two" / "unified" / "crm" / "contacts.json").write_text("no json", "utf-8")
    rows = [{"account": "one"}, {"account": "two"}]
    place_of_rows = f"sqlite:{tmp_path / 'all.sqlite'}"
    done = batchctl.run_sync_each(job, rows, to=place_of_rows, state=state, store=store)
    assert [end.state for end in done.ends] == ["succeeded", "refused"]
    (tmp_path / "fixtures" / "accounts" / "two" / "unified" / "crm" / "contacts.json").write_text('[{"id": "2"}]')
    run = store.list()[0].id
    again = batchctl.run_sync_each(job, rows, to=place_of_rows, state=state, store=store, resume=run)
    assert [end.state for end in again.ends] == ["succeeded", "succeeded"]
    told = [end.result.sync for end in again.ends if end.result is not None and end.result.sync is not None]
    assert [each["destinations"] for each in told] == [{"rows": {"delivered": 1, "failed": 0}}] * 2
    with closing(sqlite3.connect(state)) as database:
        kept = database.execute("SELECT value FROM state WHERE key = 'runs'").fetchall()
    # The first one was not run again.
    assert kept == [("1",), ("1",)]
