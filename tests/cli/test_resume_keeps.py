"""What the command line of a run allowed holds for the rest of it, when it is resumed without naming it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from recording_service import TOKEN, Service, served

from batchctl.engine.backends.fixtures import FixtureBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.backends.base import Reply
    from batchctl.truto.calls import Call

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")

ROOT = Path(__file__).parents[2]
HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
ACCEPTED = (
    HEAD
    + """\
resources:
  - {name: contacts, resource: crm/contacts, method: list}
  - {name: notes, resource: crm/notes, method: get, id: gone, depends_on: contacts, run_if: "true"}
  - {name: users, resource: crm/users, method: list, depends_on: contacts}
"""
)
CONTEXT = (
    HEAD
    + """\
resources:
  - {name: contacts, resource: crm/contacts, method: list}
  - {name: users, resource: crm/users, method: list, depends_on: contacts, query: {region: "{{region}}"}}
"""
)
OTHER = HEAD + "resources:\n  - {name: companies, resource: crm/companies, method: list}\n"


class Interrupting:
    """Fixtures that send Ctrl-C to the client when ``resource`` is asked for, and answer when it is gone."""

    def __init__(self, folder: Path) -> None:
        self._inner = FixtureBackend(folder)
        self.resource = ""
        self.client: subprocess.Popen[str] | None = None

    async def send(self, call: Call) -> Reply:
        if self.client is not None and call.path.endswith(self.resource):
            client, self.client = self.client, None
            client.send_signal(signal.SIGINT)
            client.wait()
        return await self._inner.send(call)

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    for name in ("contacts", "users", "companies"):
        (records / f"{name}.json").write_text(json.dumps([{"id": f"{name}-1", "region": "eu"}]), "utf-8")
    (records / "notes.json").write_text("[]", "utf-8")
    return tmp_path


def start(folder: Path, service: Service, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "BATCHCTL_STATE_DIR": str(folder / "state"),
        "TRUTO_API_URL": service.url,
        "TRUTO_API_TOKEN": TOKEN,
        "COLUMNS": "200",
    }
    command = [sys.executable, "-m", "batchctl", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, encoding="utf-8", env=environment)


def call(folder: Path, service: Service, *arguments: str) -> tuple[int, str, str]:
    process = start(folder, service, *arguments)
    out, err = process.communicate()
    return process.returncode, out, err


def interrupted(
    folder: Path, service: Service, backend: Interrupting, resource: str, *arguments: str
) -> tuple[int, str, str]:
    """The same for a client that is interrupted when it asks for ``resource``."""
    backend.resource = resource
    process = start(folder, service, *arguments)
    backend.client = process
    out, err = process.communicate()
    return process.returncode, out, err


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Interrupting, Service]]:
    backend = Interrupting(folder / "fixtures")
    with served(backend) as service:
        yield backend, service


def test_failures_that_were_accepted(folder: Path) -> None:
    (folder / "a.yaml").write_text(ACCEPTED, "utf-8")
    run = ("run", "a.yaml", "--direct", "-o", "json", "--accept", "notes=404")
    with serving(folder) as (backend, service):
        code, _, err = interrupted(folder, service, backend, "/users", *run, "--concurrency", "1")
        assert code == 130, err
        code, out, err = call(folder, service, "run", "--resume", "latest", "-o", "json")
        assert code == 0, err
        assert [each["statusCode"] for each in json.loads(out)["errors"]["notes"]] == [404]
        # What is accepted now wins over what was.
        other = call(folder, service, "run", "--resume", "latest", "-o", "json", "--accept", "notes=409")
        assert other[0] == 3, other


def test_the_context_that_was_given(folder: Path) -> None:
    (folder / "a.yaml").write_text(CONTEXT, "utf-8")
    run = ("run", "a.yaml", "--direct", "-o", "json", "--context", "region=eu")
    with serving(folder) as (backend, service):
        code, _, err = interrupted(folder, service, backend, "/users", *run)
        assert code == 130, err
        code, out, err = call(folder, service, "run", "--resume", "latest", "-o", "json")
        assert code == 0, err
        assert len(json.loads(out)["result"]["users"]) == 1
        targets = [request.target for request in service.received if "/users" in request.target]
    assert targets
    assert all("region=eu" in target for target in targets)


def test_placeholders_that_may_be_sent_literally(folder: Path) -> None:
    (folder / "a.yaml").write_text(CONTEXT.replace("{{region}}", "{{args.region}}"), "utf-8")
    run = ("run", "a.yaml", "--direct", "-o", "json")
    with serving(folder) as (backend, service):
        assert call(folder, service, *run)[0] == 1
        code, _, err = interrupted(folder, service, backend, "/users", *run, "--allow-unresolved")
        assert code == 130, err
        code, _, err = call(folder, service, "run", "--resume", "latest", "-o", "json")
    assert code == 0, err


def test_what_was_skipped_stays_skipped(folder: Path) -> None:
    (folder / "a.yaml").write_text(ACCEPTED, "utf-8")
    run = ("run", "a.yaml", "--direct", "-o", "json", "--skip", "notes")
    with serving(folder) as (backend, service):
        code, _, err = interrupted(folder, service, backend, "/users", *run)
        assert code == 130, err
        code, out, err = call(folder, service, "run", "--resume", "latest", "-o", "json")
        assert code == 0, err
    assert set(json.loads(out)["result"]) == {"contacts", "users"}
    assert not [request for request in service.received if "/notes" in request.target]


def test_the_options_of_the_engine(folder: Path) -> None:
    """A list whose pages were bounded is not read to its end by ``--resume``; options that are given again win."""
    records = [{"id": f"users-{number}"} for number in range(5)]
    (folder / "fixtures" / "unified" / "crm" / "users.json").write_text(json.dumps(records), "utf-8")
    (folder / "a.yaml").write_text(
        ACCEPTED.replace("crm/users, method: list", "crm/users, method: list, query: {limit: 1}"), "utf-8"
    )
    run = ("run", "a.yaml", "--direct", "-o", "json", "--skip", "notes", "--max-pages", "2", "--rate-limit", "off")
    with serving(folder) as (backend, service):
        code, _, err = interrupted(folder, service, backend, "/users", *run)
        assert code == 130, err
        code, out, err = call(folder, service, "run", "--resume", "latest", "-o", "json")
        bounded = json.loads(out)
        assert len(bounded["result"].get("users", [])) <= 2, (code, out, err)
        code, out, err = call(folder, service, "run", "--resume", "latest", "-o", "json", "--max-pages", "100000")
        assert code == 0, err
    assert len(json.loads(out)["result"]["users"]) == 5


def test_several_files_that_are_interrupted(folder: Path) -> None:
    """What was answered is printed, each file's run is kept, and each is resumed by the command that is shown."""
    (folder / "a.yaml").write_text(ACCEPTED, "utf-8")
    (folder / "b.yaml").write_text(OTHER, "utf-8")
    with serving(folder) as (backend, service):
        code, out, err = interrupted(
            folder, service, backend, "/users",
            "run", "b.yaml", "a.yaml", "--direct", "-o", "json", "--accept", "notes=404", "--parallel", "1",
        )  # fmt: skip
        assert code == 130, err
        result = json.loads(out)["result"]
        assert [each["id"] for each in result["b.yaml::companies"]] == ["companies-1"]
        assert [each["id"] for each in result["a.yaml::contacts"]] == ["contacts-1"]
        hints = [line for line in err.splitlines() if "--resume" in line]
        assert len(hints) == 1, err
        kept = json.loads(call(folder, service, "runs", "-o", "json")[1])["runs"]
        assert {(run["file"], run["outcome"]) for run in kept} == {("b.yaml", "succeeded"), ("a.yaml", "interrupted")}
        service.received.clear()
        words = hints[0].partition("batchctl ")[2].split()
        code, out, err = call(folder, service, *words, "-o", "json")
        assert code == 0, err
        assert set(json.loads(out)["result"]) == {"contacts", "notes", "users"}
        # The call for a note may have been under way, too.
        asked = {request.target.partition("?")[0].rpartition("/")[2] for request in service.received}
        assert {"users"} <= asked <= {"users", "gone"}
