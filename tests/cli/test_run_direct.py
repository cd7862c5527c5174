import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from recording_service import TOKEN, Service, served

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.truto.calls import Call

ROOT = Path(__file__).parents[2]
AT_ONCE = 3
CANARY = "canary-4711-value"
FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {size: 4}
resources:
  - resource: crm/contacts
    method: list
    query: {limit: "{{args.size}}"}
  - name: notes
    resource: crm/notes
    method: list
    depends_on: crm/contacts
    query: {contact_id: "{{resources.crm.contacts.id}}"}
"""


class Deadly:
    """Fixtures whose ``after``-th call sends ``number`` to the client, which then never gets the answer."""

    def __init__(self, folder: Path) -> None:
        self._inner = FixtureBackend(folder)
        self._left = 0
        self._number = signal.SIGKILL
        self._client: subprocess.Popen[str] | None = None

    def strike(self, client: subprocess.Popen[str], after: int, number: signal.Signals) -> None:
        self._client, self._left, self._number = client, after, number

    async def send(self, call: Call) -> Reply:
        self._left -= 1
        if self._left == 0 and self._client is not None:
            self._client.send_signal(self._number)
            self._client.wait()
        return await self._inner.send(call)

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    contacts = [{"id": f"c-{number}"} for number in range(15)]
    notes = [{"id": f"n-{number}", "contact_id": f"c-{number % 15}"} for number in range(40)]
    (records / "contacts.json").write_text(json.dumps(contacts), "utf-8")
    (records / "notes.json").write_text(json.dumps(notes), "utf-8")
    faults = "- {resource: crm/notes, query: {contact_id: c-7}, status: 404, message: no notes}\n"
    (tmp_path / "fixtures" / "faults.yaml").write_text(faults, "utf-8")
    return tmp_path


def start(
    folder: Path, service: Service, *arguments: str, ignoring: signal.Signals | None = None
) -> subprocess.Popen[str]:
    """The command as a process; ``ignoring`` a signal as what a shell starts in the background does."""
    command = [sys.executable, "-m", "batchctl", *arguments]
    if ignoring is not None:
        command = ["sh", "-c", f"trap '' {ignoring.value}; exec \"$@\"", "sh", *command]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "BATCHCTL_STATE_DIR": str(folder / "state"),
        "TRUTO_API_URL": service.url,
        "TRUTO_API_TOKEN": TOKEN,
        "COLUMNS": "200",
    }
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, env=environment)


def call(folder: Path, service: Service, *arguments: str) -> tuple[int, str, str]:
    process = start(folder, service, *arguments)
    out, err = process.communicate()
    return process.returncode, out, err


RUN = ("run", "a.yaml", "--direct", "-o", "json", "--concurrency", str(AT_ONCE))
RESUME = ("run", "--resume", "latest", "-o", "json", "--concurrency", str(AT_ONCE))


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Deadly, Service]]:
    backend = Deadly(folder / "fixtures")
    with served(backend) as service:
        yield backend, service


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize(
    ("after", "number", "code"),
    [(1, signal.SIGKILL, -9), (6, signal.SIGKILL, -9), (17, signal.SIGKILL, -9), (11, signal.SIGINT, 130)],
)
def test_what_was_cut_off_is_resumed(folder: Path, after: int, number: signal.Signals, code: int) -> None:
    with serving(folder) as (deadly, service):
        undisturbed = call(folder, service, *RUN)
        targets = Counter(request.target for request in service.received)
        service.received.clear()
        client = start(folder, service, *RUN)
        deadly.strike(client, after, number)
        client.communicate()
        assert client.returncode == code
        resumed = call(folder, service, *RESUME)
    assert undisturbed[0] == 3
    assert resumed[:2] == undisturbed[:2]
    # Only what was under way is asked for twice.
    asked = Counter(request.target for request in service.received)
    assert set(asked) == set(targets)
    assert (asked - targets).total() <= AT_ONCE


def test_a_run_is_not_resumed_at_another_host(folder: Path) -> None:
    with serving(folder) as (_, service):
        call(folder, service, *RUN)
    code, out, err = call(folder, Service("http://127.0.0.1:1"), *RESUME)
    assert (code, out) == (2, "")
    assert "this one would go to 127.0.0.1:1" in err


def test_what_failed_is_asked_for_again_and_nothing_else(folder: Path) -> None:
    faults = "- {resource: crm/notes, query: {contact_id: c-7}, status: 404, times: 1}\n"
    (folder / "fixtures" / "faults.yaml").write_text(faults, "utf-8")
    with serving(folder) as (_, service):
        assert call(folder, service, *RUN)[0] == 3
        service.received.clear()
        code, out, err = call(folder, service, *RESUME)
    assert code == 0
    assert len(json.loads(out)["result"]["notes"]) == 40
    assert ["c-7" in request.target for request in service.received] == [True]
    assert "responses from the journal" in err


@pytest.mark.parametrize(
    "change", [["--arg", "size=5"], ["--only", "crm/contacts"], ["-a", "11111111-1111-4111-8111-111111111111"]]
)
def test_another_batch_is_refused_in_one_sentence(folder: Path, change: list[str]) -> None:
    with serving(folder) as (_, service):
        call(folder, service, *RUN)
        service.received.clear()
        code, out, err = call(folder, service, *RESUME, *change)
        assert (code, out, service.received) == (2, "", [])
        assert "have changed since" in err


def test_secrets_are_not_in_the_store(folder: Path) -> None:
    text = FILE.replace("args: {size: 4}", "args: {size: 4, api_key: none-of-it}").replace(
        "limit:", 'k: "{{args.api_key}}", limit:'
    )
    (folder / "a.yaml").write_text(text, "utf-8")
    secret = ("--arg", f"api_key={CANARY}")
    with serving(folder) as (_, service):
        first = call(folder, service, *RUN, *secret)
        assert any(CANARY in request.target for request in service.received)
        kept = b"".join(file.read_bytes() for file in (folder / "state").rglob("*") if file.is_file())
        code, _, err = call(folder, service, *RESUME)
        assert (code, "was not kept, since it or its arguments hold secrets" in err) == (2, True)
        again = call(folder, service, "run", "a.yaml", "--resume", "latest", "-o", "json", *secret)
    assert CANARY.encode() not in kept
    assert TOKEN.encode() not in kept
    assert b"n-39" in kept
    assert again[:2] == first[:2]


def test_runs_are_listed_shown_and_deleted(folder: Path) -> None:
    with serving(folder) as (_, service):
        _, answer, _ = call(folder, service, *RUN)
        code, listed, _ = call(folder, service, "runs")
        assert (code, len(listed.splitlines())) == (0, 2)
        assert "direct  failed   2 resources, 1 failed · 52 records · 19 answers  a.yaml" in listed
        assert call(folder, service, "runs", "show", "latest", "-o", "json")[:2] == (0, answer)
        assert "✖ notes" in call(folder, service, "runs", "show")[1]
        picked = call(folder, service, "runs", "show", "--query", "$keys($)")
        assert (picked[0], json.loads(picked[1])) == (0, list(json.loads(answer)))
        kept = json.loads(call(folder, service, "runs", "-o", "json")[1])["runs"]
        assert [(run["mode"], run["outcome"], run["summary"]["failed"]) for run in kept] == [
            ("direct", "failed", ["notes"])
        ]
        assert call(folder, service, "runs", "prune", kept[0]["id"])[:2] == (0, kept[0]["id"] + "\n")
        code, out, err = call(folder, service, "runs", "show")
        assert (code, out) == (2, "")
        assert "there are no runs yet" in err


def test_a_run_that_takes_too_long_ends_and_can_be_resumed(folder: Path) -> None:
    faults = folder / "fixtures" / "faults.yaml"
    faults.write_text("- {resource: crm/notes, query: {contact_id: c-9}, wait_s: 3, times: 1}\n", "utf-8")
    with serving(folder) as (_, service):
        code, out, err = call(folder, service, *RUN, "--run-timeout", "1")
        assert (code, out) == (4, "")
        assert "did not end within 1 s" in err
        code, out, _ = call(folder, service, *RESUME)
    assert code == 0
    assert len(json.loads(out)["result"]["notes"]) == 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--direct"], "no file is named"),
        (["run", "a.yaml", "--direct", "--local"], "choose one"),
        (["run", "a.yaml", "--resume", "nowhere"], "there are no runs yet"),
        (["run", "a.yaml", "--direct", "--rate-limit", "0"], "--rate-limit is"),
    ],
)
def test_wrong_use_is_a_sentence(folder: Path, arguments: list[str], message: str) -> None:
    code, out, err = call(folder, Service("http://127.0.0.1:1"), *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
