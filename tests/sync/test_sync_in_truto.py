"""Sync jobs in Truto: pushed, pulled and listed over HTTP, against the server that answers as Truto does."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from batchctl.authoring import TEMPLATES
from batchctl.testing import server

TOKEN = "a-token-of-the-tests"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a job, its fixtures, and nothing that Truto knows."""
    template = TEMPLATES["sync"]
    (tmp_path / "job.sync.yaml").write_text(template.text.format(title="nightly"), "utf-8")
    for name, text in template.fixtures.items():
        (tmp_path / "fixtures" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fixtures" / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def api(folder: Path) -> Iterator[str]:
    with server(folder / "fixtures", token=TOKEN) as running:
        yield running.url


def batchctl(folder: Path, api: str, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TRUTO_API_URL": api, "TRUTO_API_TOKEN": TOKEN, "NO_COLOR": "1"}
    environment["BATCHCTL_STATE_DIR"] = str(folder / "state")
    command = [sys.executable, "-m", "batchctl", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment, input=stdin
    )


def push(folder: Path, api: str, *words: str, code: int = 0) -> str:
    done = batchctl(folder, api, "sync", "push", "job.sync.yaml", *words)
    assert done.returncode == code, done.stderr
    return done.stderr


def jobs(folder: Path, api: str) -> list[dict[str, Any]]:
    done = batchctl(folder, api, "sync", "list", "-o", "json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_a_job_is_created_once_and_updated_after_that(folder: Path, api: str) -> None:
    file = folder / "job.sync.yaml"
    comments = [line for line in file.read_text("utf-8").splitlines() if "#" in line]
    push(folder, api)
    (job,) = jobs(folder, api)
    assert job["label"] == "nightly"
    assert not {"kind", "args", "fixtures", "name"} & job.keys()
    assert [line for line in file.read_text("utf-8").splitlines() if "#" in line] == comments
    assert "nothing to change" in push(folder, api)

    edit(file, "gt:", "gte:")
    assert "--yes" in push(folder, api, code=2)
    assert "query.updated_at.gte" in push(folder, api, "--check", code=3)
    told = push(folder, api, "--yes")
    assert '+ resources.contacts.query.updated_at.gte: "{{resources.since.value}}"' in told
    assert '- resources.contacts.query.updated_at.gt: "{{resources.since.value}}"' in told
    (job,) = jobs(folder, api)
    assert job["resources"][1]["query"] == {"updated_at": {"gte": "{{resources.since.value}}"}}
    assert "nothing to change" in push(folder, api)


def test_a_key_that_the_file_has_no_more_is_taken_away(folder: Path, api: str) -> None:
    push(folder, api)
    edit(folder / "job.sync.yaml", 'mutex_key: "contacts-{{args.account}}"\n', "")
    assert "- mutex_key" in push(folder, api, "--yes")
    assert jobs(folder, api)[0]["mutex_key"] is None
    assert "nothing to change" in push(folder, api)


def test_a_change_of_somebody_else_is_not_overwritten(folder: Path, api: str) -> None:
    file = folder / "job.sync.yaml"
    push(folder, api)
    theirs = folder / "theirs.sync.yaml"
    theirs.write_text(file.read_text("utf-8"), "utf-8")
    edit(theirs, "label: nightly", "label: theirs")
    assert batchctl(folder, api, "sync", "push", theirs.name, "--yes").returncode == 0
    edit(file, "gt:", "gte:")
    told = push(folder, api, "--yes", code=4)
    assert "was changed on" in told
    assert "sync pull" in told
    assert jobs(folder, api)[0]["label"] == "theirs"
    push(folder, api, "--yes", "--force")
    assert jobs(folder, api)[0]["label"] == "nightly"


def test_what_was_pushed_is_pulled_as_it_was(folder: Path, api: str) -> None:
    push(folder, api)
    (job,) = jobs(folder, api)
    pulled = batchctl(folder, api, "sync", "pull", job["id"], "--output", "pulled.sync.yaml")
    assert pulled.returncode == 0, pulled.stderr
    done = batchctl(folder, api, "sync", "push", "pulled.sync.yaml")
    assert (done.returncode, "nothing to change" in done.stderr) == (0, True)
    assert batchctl(folder, api, "validate", "pulled.sync.yaml").returncode == 0
    as_json = batchctl(folder, api, "sync", "pull", job["id"], "--output", "pulled.json")
    assert as_json.returncode == 0
    assert json.loads((folder / "pulled.json").read_text("utf-8")) == job


def test_a_file_that_differs_is_not_replaced_silently(folder: Path, api: str) -> None:
    file = folder / "job.sync.yaml"
    push(folder, api)
    (job,) = jobs(folder, api)
    edit(file, "gt:", "gte:")
    before = file.read_bytes()
    pull = ("sync", "pull", job["id"], "--output", "job.sync.yaml")
    refused = batchctl(folder, api, *pull)
    assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
    assert file.read_bytes() == before
    assert batchctl(folder, api, *pull, "--yes").returncode == 0
    assert "nothing to change" in push(folder, api)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{\n  "kind": "sync-job",\n  "resources": [{"resource": "a/b", "method": "list"}]\n}\n', '  "id": "'),
        ('{"kind": "sync-job", "resources": [{"resource": "a/b", "method": "list"}]}', '{"id": "'),
        ("---\r\nkind: sync-job\r\nresources:\r\n- {resource: a/b, method: list}\r\n", 'id: "'),
        ("\ufeffkind: sync-job # a comment\nresources: [{resource: a/b, method: list}]\n", 'id: "'),
    ],
    ids=["json", "json on a line", "line ends of Windows", "byte order mark"],
)
def test_the_id_is_put_into_the_file(folder: Path, api: str, text: str, key: str) -> None:
    file = folder / "job.sync.yaml"
    file.write_bytes(text.encode())
    push(folder, api)
    assert key in file.read_bytes().decode()
    assert "nothing to change" in push(folder, api)
    assert len(jobs(folder, api)) == 1


def test_a_job_from_stdin_can_only_be_told_its_id(folder: Path, api: str) -> None:
    text = (folder / "job.sync.yaml").read_text("utf-8")
    done = batchctl(folder, api, "sync", "push", "-", "-o", "json", stdin=text)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] in done.stderr


def test_what_can_not_be_pushed(folder: Path, api: str) -> None:
    file = folder / "job.sync.yaml"
    text = file.read_text("utf-8")
    file.write_text("id: nowhere\n" + text, "utf-8")
    assert "no sync job nowhere" in push(folder, api, code=4)
    file.write_text(text.replace("type: event", "type: evnt"), "utf-8")
    push(folder, api, code=1)
    file.write_text("integrated_account_id: x\nresources: [{resource: a/b, method: list}]\n", "utf-8")
    assert "no sync job" in push(folder, api, code=2)
    assert jobs(folder, api) == []
    assert batchctl(folder, api, "sync", "pull", "nowhere").returncode == 4
    assert batchctl(folder, api, "sync", "status", "nowhere").returncode == 4


def test_without_a_token_nothing_is_sent(folder: Path, api: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TRUTO_")}
    command = [sys.executable, "-m", "batchctl", "sync", "push", "job.sync.yaml", "--api-url", api]
    environment |= {"HOME": str(folder), "BATCHCTL_CONFIG_DIR": str(folder / "config")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, "token" in done.stderr) == (4, True)


def on_truto(folder: Path, api: str, *words: str, code: int = 0) -> dict[str, Any]:
    command = ("sync", "job.sync.yaml", "--on-truto", "--yes", "--interval", "0.05", "-o", "json")
    done = batchctl(folder, api, *command, *words)
    assert done.returncode == code, done.stderr
    return dict(json.loads(done.stdout))


def test_a_run_in_truto_is_followed_to_its_end(folder: Path, api: str) -> None:
    first = on_truto(folder, api)
    assert first["run"]["status"] == "completed"
    assert first["run"]["resource_stats"]["contacts"] == {"list": {"fetched": 3, "persisted": 3}}
    assert on_truto(folder, api)["run"]["resource_stats"]["contacts"]["list"]["fetched"] == 0
    assert len(jobs(folder, api)) == 1
    shown = batchctl(folder, api, "sync", "status", first["run"]["id"])
    assert (shown.returncode, "contacts (list): 3 fetched, 3 persisted" in shown.stdout) == (0, True)
    account = "00000000-0000-4000-8000-000000000000"
    runs = batchctl(folder, api, "sync", "list", "--account", account, "-o", "json")
    assert [run["status"] for run in json.loads(runs.stdout)] in ([], ["completed", "completed"])


def test_why_a_run_failed_is_told(folder: Path, api: str) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: crm/contacts, method: list, status: 403}\n", "utf-8")
    failed = on_truto(folder, api, code=3)
    assert failed["run"]["status"] == "failed"
    assert failed["errors"]["contacts"][0]["statusCode"] == 403
    shown = batchctl(folder, api, "sync", "status", failed["run"]["id"])
    assert (shown.returncode, "✘ contacts" in shown.stdout) == (3, True)


def test_arguments_that_a_job_refuses_start_no_run(folder: Path, api: str) -> None:
    edit(folder / "job.sync.yaml", "mutex_key:", 'args_validation: \'{"message": "not today"}\'\nmutex_key:')
    done = batchctl(folder, api, "sync", "job.sync.yaml", "--on-truto", "--yes")
    assert (done.returncode, "not today" in done.stderr) == (2, True)
    assert jobs(folder, api) == []


class Receiver(BaseHTTPRequestHandler):
    got: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


def test_a_run_on_the_server_posts_to_the_webhook_that_it_knows(folder: Path) -> None:
    Receiver.got.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        (folder / "fixtures" / "platform").mkdir()
        record = {"id": "w-1", "target_url": f"http://127.0.0.1:{receiver.server_port}", "secret": "s"}
        (folder / "fixtures" / "platform" / "webhook.json").write_text(json.dumps([record]), "utf-8")
        with server(folder / "fixtures", token=TOKEN) as running:
            assert on_truto(folder, running.url, "--arg", "webhook=w-1")["run"]["status"] == "completed"
        receiver.shutdown()
    assert [event["event"] for event in Receiver.got] == [
        "sync_job_run:created",
        "sync_job_run:started",
        "sync_job_run:record",
        "sync_job_run:completed",
    ]
    assert Receiver.got[2]["payload"]["records"][0]["name"] == "Ada Okafor"


def test_states_are_kept_by_their_key(folder: Path, api: str) -> None:
    on_truto(folder, api)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=api, headers=headers) as client:
        query = {"state_key": "contacts-00000000-0000-4000-8000-000000000000"}
        (state,) = client.get("/sync-job-run-state", params=query).json()["result"]
        assert (state["key"], state["value"]) == ("last_synced_at", "2024-03-04T08:15:00.000Z")
        assert client.get("/sync-job-run-state", params={"state_key": "other"}).json()["result"] == []
        path = "/sync-job-run-state/last_synced_at"
        assert client.patch(path, params=query, json={"value": "1970"}).json()["value"] == "1970"
        assert client.get("/sync-job-run-state").status_code == 400
        assert client.delete(path, params=query).status_code == 200
        assert client.get(path, params=query).status_code == 404
        created = client.post("/sync-job-run-state", params=query, json={"key": "a", "value": "b"})
        assert (created.status_code, created.json()["value"]) == (201, "b")


def test_what_is_no_run(api: str) -> None:
    with httpx.Client(base_url=api, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        assert client.post("/sync-job-run", json={}).status_code == 400
        assert client.post("/sync-job-run", json={"sync_job_id": "x"}).status_code == 404
        assert client.delete("/sync-job-run/x").status_code == 404
        job = client.post("/sync-job", json={"label": "x", "resources": [{"type": "evnt"}]}).json()
        refused = client.post("/sync-job-run", json={"sync_job_id": job["id"]})
        assert (refused.status_code, "has errors" in refused.json()["message"]) == (400, True)


def begun(folder: Path, api: str, *words: str) -> str:
    started = batchctl(folder, api, "sync", "job.sync.yaml", "--on-truto", "--yes", "--no-wait", "-o", "json", *words)
    assert started.returncode == 0, started.stderr
    return str(json.loads(started.stdout)["run"]["id"])


def status(folder: Path, api: str, run: str, *words: str) -> str:
    shown = batchctl(folder, api, "sync", "status", run, "--interval", "0.05", "-o", "json", *words)
    return str(json.loads(shown.stdout)["run"]["status"])


def test_a_run_is_stopped_and_a_second_one_of_its_mutex_waits(folder: Path, api: str) -> None:
    fault = "- {resource: crm/contacts, method: list, wait_s: 600, times: 1}\n"
    (folder / "fixtures" / "faults.yaml").write_text(fault, "utf-8")
    run = begun(folder, api)
    second, third = begun(folder, api), begun(folder, api)
    assert status(folder, api, begun(folder, api, "--force"), "--watch") == "completed"
    assert [status(folder, api, each) for each in (run, second, third)] == ["running", "created", "created"]
    assert batchctl(folder, api, "sync", "stop", second).returncode == 0
    assert status(folder, api, second, "--watch") == "stopped"
    assert batchctl(folder, api, "sync", "stop", run).returncode == 0
    assert status(folder, api, run, "--watch") == "stopped"
    assert status(folder, api, third, "--watch") == "completed"


def test_a_file_may_be_called_like_a_command(folder: Path, api: str) -> None:
    (folder / "push").write_text((folder / "job.sync.yaml").read_text("utf-8"), "utf-8")
    done = batchctl(folder, api, "sync", "./push", "-o", "json", "--fixtures", "fixtures")
    assert json.loads(done.stdout)["run"]["status"] == "completed"


def test_options_of_the_other_way_are_refused(folder: Path, api: str) -> None:
    for words in (["--yes"], ["--webhook-id", "w"], ["--on-truto", "--to", "dir:x"], ["--on-truto", "--local"]):
        done = batchctl(folder, api, "sync", "job.sync.yaml", *words)
        assert done.returncode == 2, words
    assert jobs(folder, api) == []


def test_a_job_that_a_clock_starts_needs_a_mutex_key(folder: Path, api: str) -> None:
    edit(folder / "job.sync.yaml", 'mutex_key: "contacts-{{args.account}}"\n', "")
    push(folder, api)
    (job,) = jobs(folder, api)
    assert "cron" not in push(folder, api)
    trigger = {"sync_job_id": job["id"], "cron_expression": "15 2 * * *"}
    others = {"sync_job_id": "another", "cron_expression": "0 0 * * *"}
    for body in (trigger, others):
        made = httpx.post(f"{api}/sync-job-cron-trigger", json=body, headers={"Authorization": f"Bearer {TOKEN}"})
        assert made.status_code in (200, 201)
    assert "1 cron trigger (15 2 * * *) start" in " ".join(push(folder, api).split())
    edit(folder / "job.sync.yaml", "kind: sync-job\n", "kind: sync-job\nmutex_key: contacts\n")
    assert "cron" not in push(folder, api, "--yes")
