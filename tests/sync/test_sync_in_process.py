"""Sync jobs over fixtures, in the process of the test: arguments, rows that are gone, what ends a run."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from scripted_api import answer, scripted

import batchctl
from batchctl.testing import server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRACKED = """
label: Contacts
default_runtime_version: 4
state_key: contacts
fixtures: fixtures
resources:
  - name: contacts
    type: request
    resource: crm/contacts
    method: list
    delete_tracking: {how}
    delete_tracking_query: {query}
  - {{name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}}
"""
LISTED = """
label: Contacts
default_runtime_version: 4
{more}
fixtures: fixtures
resources:
  - {{name: contacts, type: request, resource: crm/contacts, method: list}}
  - {{name: rows, type: destination, destination_type: {kind}, resources_to_persist: [contacts]}}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the job and the contacts that its source has."""

    def write(job: str, *names: str) -> Path:
        contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
        contacts.parent.mkdir(parents=True, exist_ok=True)
        contacts.write_text(json.dumps([{"id": name, "kind": "lead"} for name in names]), "utf-8")
        (tmp_path / "job.sync.yaml").write_text(job, "utf-8")
        return tmp_path / "job.sync.yaml"

    return write


def sync(job: Path, to: str, **settings: Any) -> batchctl.SyncResult:
    own = {"BATCHCTL_STATE_DIR": str(job.parent / "own")}
    return batchctl.run_sync(job, to=to, environment=own, **settings)


def rows(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "db")) as database:
        return database.execute("SELECT id, truto_deleted_at IS NULL FROM crm_contacts ORDER BY id").fetchall()


@pytest.mark.parametrize(
    ("how", "query", "left"),
    [
        ("hard", "{kind: lead}", [("a", 1)]),
        ("soft", "{kind: lead}", [("a", 1), ("b", 0)]),
        ("hard", "{kind: other}", [("a", 1), ("b", 1)]),
        ("hard", "{no_such_field: 1}", [("a", 1), ("b", 1)]),
    ],
    ids=["deleted", "marked", "others", "no such field"],
)
def test_rows_that_the_source_has_no_more(write: Callable[..., Path], how: str, query: str, left: list[Any]) -> None:
    text = TRACKED.format(how=how, query=query)
    job = write(text, "a", "b")
    to = f"sqlite:{job.parent}/db"
    assert sync(job, to).ok
    assert sync(write(text, "a"), to).ok
    assert rows(job.parent) == left


@pytest.mark.parametrize(
    ("more", "args", "said"),
    [
        ("args_schema: {since: {type: string, required: true}}", {}, "since. is required and has no value"),
        (
            'args_validation: \'$exists(args.since) ? null : {"message": "no since"}\'',
            {},
            "refuses these arguments: no",
        ),
        ('state_key: "of-{{args.team}}"', {}, "has 1 error"),
    ],
    ids=["schema", "validation", "state key"],
)
def test_arguments_that_a_job_refuses_are_said_before_it_runs(
    write: Callable[..., Path], more: str, args: dict[str, Any], said: str
) -> None:
    job = write(LISTED.replace("{more}", more.replace("{", "{{").replace("}", "}}")).format(kind="superquery"), "a")
    with pytest.raises((batchctl.UsageError, batchctl.DefinitionError), match=said):
        sync(job, f"dir:{job.parent}/out", args=args, allow_unused=True)
    assert not (job.parent / "out").exists()
    assert sync(job, f"dir:{job.parent}/out", args={"since": "2020", "team": "x"}, allow_unused=True).ok


def test_a_receiver_that_answers_400_to_the_start_stops_the_run(write: Callable[..., Path]) -> None:
    job = write(LISTED.format(more="", kind="webhook"), "a")
    with (
        scripted(answer(status=200), answer(status=400)) as api,
        pytest.raises(batchctl.BatchctlError, match="stopped"),
    ):
        sync(job, api.url, webhook_secret="shared")
    assert len(api.asked) == 2


def test_a_receiver_that_does_not_hear_the_end_has_all_the_same(write: Callable[..., Path]) -> None:
    job = write(LISTED.format(more="", kind="webhook"), "a")
    with scripted(*[answer(status=200)] * 4) as api:
        done = sync(job, api.url, webhook_secret="shared")
    assert (done.ok, done.delivered) == (True, {"rows": 1})
    events = [json.loads(asked.body)["event"].partition(":")[2] for asked in api.asked]
    assert events == ["created", "started", "record", "completed"]


def test_an_expression_makes_settings_of_a_destination(write: Callable[..., Path]) -> None:
    """Source: the scope of expressions in Truto's public skills (jsonata, usage in Truto)."""
    job = """
default_runtime_version: 4
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list}
  - name: files
    type: destination
    destination_type: datastore
    method: uploadObject
    resources_to_persist: [contacts]
    config:
      config: {path: of, content: "{{payload.records:json}}"}
      expression: "{ 'file_name': $join(payload.records.id, '-') & '.json' }"
"""
    path = write(job, "a", "b")
    assert sync(path, f"dir:{path.parent}/out").ok
    assert json.loads((path.parent / "out" / "of" / "a-b.json").read_text("utf-8"))[1] == {"id": "b", "kind": "lead"}
    path.write_text(job.replace("'.json' }", "'.json' }.file_name"), "utf-8")
    done = sync(path, f"dir:{path.parent}/out")
    assert "must give an object" in str(done.json()["errors"])


def test_what_a_run_over_fixtures_remembers_keeps_no_run_over_the_api_from_fetching(write: Callable[..., Path]) -> None:
    job = """
default_runtime_version: 4
state_key: contacts
resources:
  - {name: since, type: get_state, config: {key: last, default: ""}}
  - {name: contacts, type: request, resource: crm/contacts, method: list, depends_on: since, query: {id: {gt: "{{resources.since.value}}"}}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
  - {name: done, type: event, config: {name: complete}}
  - {name: remember, type: update_state, depends_on: done, config: {key: last, value_expression: "$sort(resources.crm.contacts.id)[-1]"}}
"""  # noqa: E501 - a definition
    path = write(job, "a", "b")
    to = f"dir:{path.parent}/out"
    with server(path.parent / "fixtures") as service:
        over_api = {"executor": "direct", "api_url": service.url, "token": service.token, "account": "acc"}
        assert [sync(path, to).delivered["rows"] for _ in range(2)] == [1, 0]
        assert [sync(path, to, **over_api).delivered["rows"] for _ in range(2)] == [1, 0]
