"""A file that is something else than what the command is for is named for what it is, by every command alike."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.lsp.document import Document

ROOT = Path(__file__).parents[2]
HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
ONE = "resources: [{{name: a, resource: {}, method: list, persist: true, query: {{x: '{}'}}}}]\n"
BATCH = HEAD + ONE.format("crm/contacts", "1")
JOB = """\
label: j
default_runtime_version: 4
resources:
  - {name: a, type: request, resource: crm/contacts, method: list}
"""
FOREIGN = {
    "curl": ("curl https://api.truto.one/unified/crm/contacts\n", "this is a curl command"),
    "prompt": ("$ curl -X POST 'https://api.truto.one/batch-request' -d '{}'\n", "this is a curl command"),
    "http": ("POST https://api.truto.one/batch-request HTTP/1.1\n\n{}\n", "this is an HTTP request"),
    "broken": ("resources: [\n", "the text ends before its brackets are closed"),
    "empty": ("", "the file is empty"),
    "list": ("- a\n- b\n", "a definition must be a mapping"),
}
FOR_BATCHES = ["validate", "dry-run", "run --local", "graph"]
FOR_JOBS = ["sync --local", "sync push --token t", "sync --on-truto --token t"]
WRONG = {
    "exp": ("crm/contacts", "{{exp: args.x}}", "Truto has not released {{exp: …}} yet"),
    "prettier": ("crm/contacts", "{ { args.x } }", "the braces must be side by side"),
    "dots": ("..", "1", "a step of dots alone is no part of a resource"),
    "here": ("./x", "1", "a step of dots alone is no part of a resource"),
    "encoded": ("a%2Fb", "1", "resource is percent-encoded once more on its way"),
    "backslash": ("crm\\contacts", "1", "a backslash would be sent as %5C"),
    "api": ("/unified/crm/contacts", "1", "resource begins with the name of the API"),
}


def batchctl(folder: Path, command: str, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "a.yaml").write_text(text, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *command.split(), "a.yaml"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [*FOR_BATCHES, *FOR_JOBS])
@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_definition_at_all(tmp_path: Path, command: str, name: str) -> None:
    text, said = FOREIGN[name]
    done = batchctl(tmp_path, command, text)
    assert said in done.stdout + done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("command", FOR_JOBS)
def test_a_batch_where_a_job_is_wanted(tmp_path: Path, command: str) -> None:
    done = batchctl(tmp_path, command, BATCH)
    assert (done.returncode, "a.yaml is no sync job\n  hint: batchctl run FILE runs a batch" in done.stderr) == (
        2,
        True,
    )


def test_a_job_where_a_batch_is_wanted(tmp_path: Path) -> None:
    done = batchctl(tmp_path, "run --local", JOB)
    assert (done.returncode, "this is a sync job, not a batch" in done.stderr) == (1, True)
    assert "batchctl sync FILE runs a sync job" in done.stderr


@pytest.mark.parametrize("command", ["dry-run", "run --local"])
@pytest.mark.parametrize("name", WRONG)
def test_what_would_be_sent_otherwise_than_it_is_meant(tmp_path: Path, command: str, name: str) -> None:
    resource, value, said = WRONG[name]
    done = batchctl(tmp_path, command, HEAD + ONE.format(resource, value))
    assert said in done.stdout + done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("name", [*FOREIGN, *WRONG])
def test_an_editor_is_told_the_same(tmp_path: Path, name: str) -> None:
    if name in FOREIGN:
        text, said = FOREIGN[name]
    else:
        resource, value, said = WRONG[name]
        text = HEAD + ONE.format(resource, value)
    examined = Document(text, tmp_path / "a.yaml").examined
    assert any(said in found.message for found in examined.diagnostics)
