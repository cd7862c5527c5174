"""``x-accept`` and ``--accept``: failures that are known are reported, and fail nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from batchctl import run
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, Succeeded
from batchctl.errors import UsageError
from batchctl.preparation import prepare
from batchctl.service.answer import read_answer

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonValue

DEFINITION = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {ids: [c-1, gone, c-2]}
resources:
  - name: contacts
    resource: crm/contacts
    method: get
    id: "{{args.ids}}"
    loop_on: args.ids
    ACCEPT
  - name: created
    resource: crm/notes
    method: create
    depends_on: contacts
    body: {text: hello}
"""


def batchctl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.parent.mkdir(parents=True)
    contacts.write_text('[{"id": "c-1"}, {"id": "c-2"}]', "utf-8")
    (contacts.parent / "notes.json").write_text("[]", "utf-8")
    write(tmp_path, "x-tags: daily")
    return tmp_path


def write(folder: Path, accept: str) -> Path:
    file = folder / "a.batch.yaml"
    file.write_text(DEFINITION.replace("ACCEPT", accept), "utf-8")
    return file


def test_a_known_failure_is_reported_and_fails_nothing(folder: Path) -> None:
    assert batchctl(folder, "run", "a.batch.yaml", "--local", "-o", "json").returncode == 3
    done = batchctl(
        folder, "run", "a.batch.yaml", "--local", "-o", "json", "--accept", "contacts=404",
        "--report-junit", "j.xml", "--report-json", "r.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert [entry["statusCode"] for entry in body["errors"]["contacts"]] == [404]
    cases = {case.get("name"): case for case in ET.parse(folder / "j.xml").iter("testcase")}
    assert cases["contacts"].find("failure") is None
    assert "1 accepted error" in (cases["contacts"].findtext("system-out") or "")
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert [each["status"] for each in report["resources"]] == ["accepted", "succeeded"]


def test_the_tree_says_so(folder: Path) -> None:
    write(folder, "x-accept: 404")
    done = batchctl(folder, "run", "a.batch.yaml", "--local", "--color", "never")
    assert done.returncode == 0
    assert "✔ contacts  1 accepted error" in done.stdout
    assert "✔ 2 of 2 resources succeeded" in done.stdout


def test_each_row_says_so(folder: Path) -> None:
    file = write(folder, "x-accept: 404")
    file.write_text(file.read_text("utf-8").replace("args: {ids", "args: {name: x, ids"), "utf-8")
    (folder / "rows.csv").write_text("name\none\ntwo\n", "utf-8")
    done = batchctl(
        folder, "run", "a.batch.yaml", "--local", "--each", "rows.csv", "--allow-unused", "--report-json", "r.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "✖" not in done.stdout
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert {row["status"] for row in report["rows"]} == {"succeeded"}
    statuses = [[each["status"] for each in row["resources"]] for row in report["rows"]]
    assert statuses == [["accepted", "succeeded"]] * 2


def test_what_depends_on_it_runs(folder: Path) -> None:
    file = write(folder, "x-accept: [404]")
    accepted = run(file, args={"ids": ["gone"]})
    assert accepted.ok
    assert [type(each) for each in accepted.outcomes.values()] == [Failed, Succeeded]
    write(folder, "x-accept: [409]")
    refused = run(file, args={"ids": ["gone"]})
    assert set(refused.failed) == {"contacts", "created"}


def test_another_failure_beside_it_is_one(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: crm/contacts, id: c-2, status: 403}\n", "utf-8")
    assert run(write(folder, "x-accept: [404]")).failed == ("contacts",)


def test_the_first_failure_that_is_not_accepted_ends_the_run(folder: Path) -> None:
    options = RunOptions(fail_fast=True, concurrency=1)
    outcome = run(write(folder, "x-accept: [404]"), options=options).outcomes["contacts"]
    assert isinstance(outcome, Failed)
    assert outcome.count == 2


def test_what_was_not_sent_is_never_accepted(folder: Path) -> None:
    file = write(folder, "x-accept: [400]")
    file.write_text(
        file.read_text("utf-8").replace("text: hello", 'text: "{{resources.crm.contacts.nothing}}"'), "utf-8"
    )
    file.write_text(file.read_text("utf-8").replace("    body:", "    x-accept: [400]\n    body:"), "utf-8")
    assert "created" in run(file, accept={"contacts": [404]}).failed


def test_answers_of_the_service_are_judged_in_the_same_way() -> None:
    plan = prepare(DEFINITION.replace("ACCEPT", "x-accept: 409"), file="a.yaml").require_plan()
    errors: list[JsonValue] = [{"statusCode": 409, "message": "is there"}]
    body = {"result": {"created": [{}]}, "errors": {"contacts": errors}}
    assert read_answer(body, plan.steps, elapsed_s=1.0).ok
    errors.append({"statusCode": 500, "message": "no"})
    assert not read_answer(body, plan.steps, elapsed_s=1.0).ok


@pytest.mark.parametrize(
    "accept", ["x-accept: gone", "x-accept: [200]", "x-accept: 700", "x-accept: {}", "x-accept: ['404']"]
)
def test_other_values_are_errors(accept: str, folder: Path) -> None:
    found = prepare(write(folder, accept).read_text("utf-8")).diagnostics
    assert {each.rule for each in found} <= {"wrong-type", "invalid-value"}
    assert found


@pytest.mark.parametrize("words", ["contacts", "contacts=", "contacts=200", "=404", "contacts=404,", "contcats=404"])
def test_other_words_are_wrong_use(words: str, folder: Path) -> None:
    done = batchctl(folder, "run", "a.batch.yaml", "--local", "--accept", words)
    assert done.returncode == 2
    assert done.stdout == ""


def test_a_name_that_no_request_has(folder: Path) -> None:
    with pytest.raises(UsageError, match="no request is called"):
        run(folder / "a.batch.yaml", accept={"nobody": [404]})
