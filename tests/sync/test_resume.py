"""A run that is killed at any delivery and resumed brings what an undisturbed one brings: real processes, SIGKILL."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from killing_receiver import Receiver, receiving

if sys.platform == "win32":
    pytest.skip("there is no SIGKILL", allow_module_level=True)

JOB = """
label: Pages
default_runtime_version: 4
state_key: pages-{{args.account}}
mutex_key: pages-{{args.account}}
args_schema: {account: {type: string, required: true}}
resources:
  - {name: since, type: get_state, config: {key: last, default: "2020-01-01"}}
  - name: pages
    type: request
    resource: wiki/pages
    method: list
    depends_on: since
    integrated_account_id: "{{args.account}}"
    query: {updated_at: {gt: "{{resources.since.value}}"}, limit: 2}
  - name: hook
    type: destination
    destination_type: webhook
    resources_to_persist: [pages]
    config: {id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
  - {name: lines, type: destination, destination_type: superquery, resources_to_persist: [pages]}
  - name: posts
    type: destination
    destination_type: webhook
    resources_to_persist: [pages]
    config: {id: "{{args.account}}"}
  - {name: done, type: event, config: {name: complete}}
  - name: remember
    type: update_state
    depends_on: done
    config: {key: last, value_expression: "$sort(resources.wiki.pages.updated_at)[-1]"}
"""
PAGES = [{"id": f"p{number}", "updated_at": f"2024-01-0{number}"} for number in range(1, 6)]
# created, started, three pages, completed
EVENTS = 6


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def make(folder: Path) -> Path:
    (folder / "fixtures" / "unified" / "wiki").mkdir(parents=True)
    (folder / "job.yaml").write_text(JOB, "utf-8")
    (folder / "fixtures" / "unified" / "wiki" / "pages.json").write_text(json.dumps(PAGES), "utf-8")
    return folder


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", "sync", *words, "-o", "json", "--webhook-secret", "shared"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def first(folder: Path, receiver: Receiver) -> tuple[int, str, str]:
    targets = ("hook=webhook:" + receiver.url, "rows=sqlite:db.sqlite", "dir:out")
    running = start(folder, "job.yaml", "--arg", "account=acc", *(word for to in targets for word in ("--to", to)))
    receiver.victim = running.pid
    out, err = running.communicate(timeout=120)
    return running.returncode, out, err


def resume(folder: Path, *words: str) -> tuple[int, str, str]:
    running = start(folder, "--resume", "latest", *words)
    out, err = running.communicate(timeout=120)
    return running.returncode, out, err


def brought(folder: Path, receiver: Receiver, out: str) -> dict[str, Any]:
    """All that a run leaves, without what names the run itself."""
    result = json.loads(out)
    with sqlite3.connect(folder / "db.sqlite") as rows:
        table = rows.execute("SELECT id, updated_at FROM wiki_pages ORDER BY truto_key").fetchall()
        receipts = rows.execute("SELECT count(*) FROM truto_deliveries").fetchone()
    rows.close()
    with sqlite3.connect(folder / "state" / "sync-state.sqlite") as state:
        values = state.execute("SELECT key, value FROM state WHERE key = 'last'").fetchall()
    state.close()
    lines = (folder / "out" / "lines" / "wiki_pages.ndjson").read_text("utf-8").splitlines()
    posts = {
        path.name: json.loads(path.read_text("utf-8"))["body"]
        # What a killed process was writing is a hidden file: no reader takes it for a post.
        for path in sorted((folder / "out" / "posts").glob("[!.]*"))
    }
    return {
        "status": result["run"]["status"],
        "stats": result["run"]["resource_stats"],
        "destinations": result["destinations"],
        "events": receiver.once_each(),
        "rows": table,
        "receipts": receipts,
        "state": values,
        "lines": [json.loads(line)["id"] for line in lines],
        "posts": {name: (body["event"], body["payload"].get("records")) for name, body in posts.items()},
        "runs": len({body["id"] for body in posts.values()}),
    }


@pytest.mark.parametrize("answered", [False, True], ids=["before-its-answer", "after-its-answer"])
def test_killed_at_any_delivery_and_resumed_it_brings_the_same(
    tmp_path: Path, receiver: Receiver, answered: bool
) -> None:
    code, out, err = first(make(tmp_path / "undisturbed"), receiver)
    assert (code, len(receiver.events)) == (0, EVENTS), err
    expected = brought(tmp_path / "undisturbed", receiver, out)
    assert expected["rows"] == [(page["id"], page["updated_at"]) for page in PAGES]
    assert expected["receipts"] == (0,)
    for number in range(1, EVENTS + 1):
        receiver.events.clear()
        receiver.kill_at, receiver.answered = number, answered
        folder = make(tmp_path / f"killed-{number}")
        code, out, err = first(folder, receiver)
        if code == -9:
            code, out, err = resume(folder)
        else:
            # The last answer: the process may be done before the signal comes.
            assert (answered, number) == (True, EVENTS)
        assert code == 0, err
        assert brought(folder, receiver, out) == expected, f"killed at event {number}"
        again, _, why = resume(folder)
        assert (again, "nothing is left to resume" in why) == (2, True)


def test_a_second_run_waits_for_nobody_and_says_who_has_the_mutex(tmp_path: Path, receiver: Receiver) -> None:
    folder = make(tmp_path / "job")
    told: list[tuple[int, str]] = []
    both_ended = threading.Event()

    def second(*words: str) -> None:
        other = start(folder, "job.yaml", "--arg", "account=acc", "--to", "dir:other", *words)
        _, err = other.communicate(timeout=120)
        told.append((other.returncode, err))

    class Curious(Receiver):
        def kill(self) -> None:
            second()
            second("--force")
            both_ended.set()

    receiver.kill = Curious.kill.__get__(receiver)  # type: ignore[method-assign]  # at the moment of an event
    receiver.kill_at = 3
    code, _, err = first(folder, receiver)
    assert code == 0, err
    # On a slow machine the first run may have delivered once more, and be done, before these two are.
    assert both_ended.wait(240)
    assert told[0][0] == 4
    assert "mutex_key pages-acc is under way" in told[0][1]
    assert told[1][0] == 0, told[1][1]


def test_what_a_receiver_refused_is_delivered_when_the_run_is_resumed(tmp_path: Path, receiver: Receiver) -> None:
    folder = make(tmp_path / "job")
    receiver.statuses = [200, 200, 200, *[503] * 4]
    code, out, err = first(folder, receiver)
    result = json.loads(out)
    assert (code, result["run"]["status"]) == (3, "failed"), err
    assert result["destinations"]["hook"] == {"delivered": 1, "failed": 2}
    assert "batchctl sync --resume" in err
    before = len(receiver.events)
    code, out, err = resume(folder)
    assert code == 0, err
    assert json.loads(out)["destinations"]["hook"] == {"delivered": 3, "failed": 0}
    sent = [(event["event"].split(":")[1], event["payload"].get("records")) for event in receiver.events[before:]]
    assert sent == [("record", PAGES[2:4]), ("record", PAGES[4:]), ("completed", None)]


def test_a_run_is_resumed_with_its_own_definition_and_places(tmp_path: Path, receiver: Receiver) -> None:
    folder = make(tmp_path / "job")
    receiver.kill_at = 3
    assert first(folder, receiver)[0] == -9
    code, _, err = resume(folder, "--to", "dir:elsewhere")
    assert (code, "a different definition" in err) == (2, True)
    (folder / "job.yaml").write_text(JOB.replace("limit: 2", "limit: 3"), "utf-8")
    code, _, err = resume(folder)
    assert code == 0, err
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "runs"],
        env={**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "sync" in done.stdout
    assert "succeeded" in done.stdout
