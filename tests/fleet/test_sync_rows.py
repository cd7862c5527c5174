"""``sync --each``, here and on workers: each account has its state and its deliveries, whoever is killed."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fleet.api import Contacts, contacts
from fleet.processes import account, cluster, environment, started, until, workers_of
from fleet.test_destinations import Received, receiving

ROWS = 12
JOB = """
label: Contacts of all
default_runtime_version: 4
args_schema:
  account: {type: string, format: integrated_account_id, required: true}
  n: {type: string, required: true}
resources:
  - {name: before, type: get_state, config: {key: runs, default: 0}}
  - name: seen
    resource: crm/contacts
    method: list
    depends_on: before
    integrated_account_id: "{{args.account}}"
  - name: made
    resource: crm/contacts
    method: create
    depends_on: seen
    integrated_account_id: "{{args.account}}"
    body: {name: "{{args.n}} after {{resources.before.value}}"}
  - {name: hook, type: destination, destination_type: webhook, resources_to_persist: [made]}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [seen]}
  - {name: done, type: event, config: {name: complete}}
  - name: count
    type: update_state
    depends_on: done
    config: {key: runs, value_expression: resources.before.value + 1}
"""
WORKERS = ("--on", "local:2")


def write_job(folder: Path, lines: list[tuple[str, str]]) -> None:
    (folder / "job.yaml").write_text(JOB, "utf-8")
    (folder / "rows.csv").write_text("account,n\n" + "".join(f"{one},{two}\n" for one, two in lines), "utf-8")


def command(url: str, *options: str, each: bool = True) -> list[str]:
    what = ["job.yaml", "--each", "rows.csv", "--direct"] if each else []
    place = ["--state", "state.sqlite", "--webhook-secret", "made-up-for-the-test"] if each else []
    return [sys.executable, "-m", "batchctl", "sync", *what, "--api-url", url, "-o", "ndjson", *place, *options]


def run(folder: Path, line: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=480
    )


def states(folder: Path) -> dict[str, object]:
    """How often each account was run, by the last line of its space."""
    with closing(sqlite3.connect(folder / "state.sqlite")) as database:
        found = database.execute("SELECT space, value FROM state WHERE key = 'runs'").fetchall()
    return {space.rpartition("\n")[2]: json.loads(value) for space, value in found}


def rows_in_table(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "seen.sqlite")) as database:
        return sorted(name for (name,) in database.execute("SELECT truto_integrated_account_id FROM crm_contacts"))


@contextmanager
def ready(
    folder: Path, lines: list[tuple[str, str]] | None = None
) -> Iterator[tuple[Contacts, Received, tuple[str, ...]]]:
    write_job(folder, lines or [(account(n), f"row-{n}") for n in range(1, ROWS + 1)])
    with contacts() as api, receiving() as received:
        yield api, received, ("--to", "rows=sqlite:seen.sqlite", "--to", f"hook={received.url}")


def names(received: Received) -> list[str]:
    """The names of the records that were posted, of each event once."""
    found = []
    for event in received.bodies.values():
        if event["event"] == "sync_job_run:record":
            found += re.findall(r"row-\d+ after \d+", str(event["payload"]))[:1]
    return sorted(found)


def whole(folder: Path, api: Contacts, received: Received) -> None:
    """Every account was run once: its write, its records, its state."""
    everything = sorted(f"row-{n} after 0" for n in range(1, ROWS + 1))
    assert sorted(name for _, name in api.made) == everything
    assert set(api.made.values()) == {1}
    assert names(received) == everything
    assert rows_in_table(folder) == [account(n) for n in range(1, ROWS + 1)]
    assert states(folder) == {account(n): 1 for n in range(1, ROWS + 1)}


@pytest.mark.parametrize("on", [(), WORKERS], ids=["one-process", "workers"])
def test_each_account_has_its_own_state(tmp_path: Path, on: tuple[str, ...]) -> None:
    with ready(tmp_path) as (api, received, to):
        done = run(tmp_path, command(api.url, *to, *on))
        assert done.returncode == 0, done.stderr
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [(each["row"], each["account"], each["run"]["status"]) for each in told] == [
            (n, account(n), "completed") for n in range(1, ROWS + 1)
        ]
        assert told[0]["destinations"]["hook"] == {"delivered": 1, "failed": 0}
        whole(tmp_path, api, received)
        # A second run, alone, goes on from the state that the row left.
        alone = [*command(api.url, each=False), "job.yaml", "--direct", "--state", "state.sqlite", "-q"]
        done = run(tmp_path, [*alone, "-a", account(3), "--arg", "n=alone", "--to", "sqlite:seen.sqlite"])
        assert done.returncode == 0, done.stderr
        assert (account(3), "alone after 1") in api.made
        assert states(tmp_path)[account(3)] == 2


@pytest.mark.parametrize("on", [(), WORKERS], ids=["one-process", "workers"])
def test_rows_of_one_account_take_turns(tmp_path: Path, on: tuple[str, ...]) -> None:
    lines = [(account(1), "first"), (account(2), "other"), (account(1), "second"), (account(1), "third")]
    with ready(tmp_path, lines) as (api, _, to):
        done = run(tmp_path, command(api.url, *to, "--parallel", "4", *on))
        assert done.returncode == 0, done.stderr
        assert "2 rows will continue from the state of another row" in done.stderr
        made = [name for _, name in api.made]
        assert [name for name in made if "other" not in name] == ["first after 0", "second after 1", "third after 2"]
        assert states(tmp_path) == {account(1): 3, account(2): 1}


def test_the_client_is_killed_in_one_process(tmp_path: Path) -> None:
    with ready(tmp_path) as (api, received, to):
        api.slow_s = 0.1
        with started(tmp_path, command(api.url, *to)) as process:
            until(lambda: len(names(received)) >= 2)
            process.kill()
            process.wait()
        done = run(tmp_path, [*command(api.url, "--resume", "latest", each=False), "--webhook-secret", "other"])
        assert done.returncode == 0, done.stderr
        whole(tmp_path, api, received)


def test_a_worker_and_the_client_are_killed(tmp_path: Path) -> None:
    with ready(tmp_path) as (api, received, to):
        api.slow_s = 0.1
        with started(tmp_path, command(api.url, *to, *WORKERS)) as process:
            until(lambda: len(names(received)) >= 1)
            os.kill(workers_of(process)[0], signal.SIGKILL)
            until(lambda: len(names(received)) >= 4)
            process.kill()
            process.wait()
        done = run(tmp_path, command(api.url, "--resume", "latest", each=False))
        assert done.returncode == 0, done.stderr
        assert "not with the secret that the run began with" in done.stderr
        whole(tmp_path, api, received)


def test_the_scheduler_is_killed(tmp_path: Path) -> None:
    with ready(tmp_path) as (api, received, to):
        api.slow_s = 0.1
        with cluster(tmp_path) as (place, scheduler, _):
            with started(tmp_path, command(api.url, *to, "--on", place)) as process:
                until(lambda: len(names(received)) >= 2)
                scheduler.kill()
                code = process.wait(120)
            said = (tmp_path / "stderr").read_text()
            assert code == 4, said
            assert "batchctl sync --resume" in said
        done = run(tmp_path, command(api.url, "--resume", "latest", "--on", "local:1", each=False))
        assert done.returncode == 0, done.stderr
        whole(tmp_path, api, received)


def test_a_webhook_is_gone_and_comes_back(tmp_path: Path) -> None:
    """How a row that could not run ended comes from a worker to the client."""
    with ready(tmp_path) as (api, received, to):
        received.is_down = True
        done = run(tmp_path, command(api.url, *to, *WORKERS))
        assert done.returncode == 4, done.stderr
        assert "Traceback" not in done.stderr
        assert f"0 of {ROWS} rows succeeded" in done.stderr
        assert "the webhook gives no answer to sync_job_run:created: " in done.stderr
        assert api.made == {}
        received.is_down = False
        done = run(tmp_path, command(api.url, "--resume", "latest", each=False))
        assert done.returncode == 0, done.stderr
        whole(tmp_path, api, received)
