"""Tests of definitions, run through the library: what each form of them finds."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from batchctl.errors import UsageError
from batchctl.testcases.cases import collect, snapshot_path
from batchctl.testcases.node_input import node_inputs
from batchctl.testcases.reports import junit
from batchctl.testcases.running import Verdict, run_case, run_cases

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {limit: "1"}
resources:
  - {resource: crm/contacts, method: list, query: {limit: "{{args.limit}}"}}
  - resource: crm/notes
    method: create
    depends_on: [crm/contacts]
    loop_on: resources.crm.contacts
    body: {to: "{{resources.crm.contacts.id}}"}
"""
LISTING = "resources: [{resource: crm/contacts, method: list}]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    (records / "contacts.json").write_text('[{"id": "1"}, {"id": "2"}]', "utf-8")
    (records / "notes.json").write_text('[{"id": "n"}]', "utf-8")
    return tmp_path / "a.batch.yaml"


def verdicts(file: Path, tests: str, definition: str = DEFINITION) -> list[Verdict]:
    file.write_text(f"{definition}x-tests: [{tests}]\n", "utf-8")
    return list(run_cases(collect(file), environment={}))


def problem(file: Path, tests: str, definition: str = DEFINITION) -> str:
    (verdict,) = verdicts(file, tests, definition)
    return "\n".join(verdict.problems)


def test_what_is_sent_with_a_body_is_among_the_requests(file: Path) -> None:
    expected = 'expect: \'requests[resource = "crm/notes"].body.to = ["1", "2"]\''
    assert problem(file, f"{{name: a, {expected}}}") == ""


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("$count(nothing) = 1", "$count(nothing) is 0"),
        ("nothing.at.all", "is nothing, not true"),
        ("result", '"crm/contacts"'),
        ("nothing = 1", "nothing is nothing"),
        ("(1 = 2)", "is false, not true"),
        ("$string([1..400]) = 'x'", "…"),
    ],
)
def test_what_was_there_is_shown_as_far_as_that_can_be(file: Path, expect: str, said: str) -> None:
    shown = problem(file, json.dumps({"name": "a", "expect": expect}))
    assert said in shown
    assert all(len(line) <= 300 for line in shown.splitlines())


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"[1]", "is not a mapping of arguments"), (b"{", "args.yaml"), (None, "no such file")],
    ids=["a list", "no YAML", "missing"],
)
def test_arguments_that_can_not_be_had_are_a_problem_of_the_test(file: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (file.parent / "args.yaml").write_bytes(content)
    shown = problem(file, "{name: a, args_file: args.yaml, exit_code: 0}")
    assert "exit code 2 instead of 0" in shown
    assert said in shown


def test_arguments_of_a_test_go_over_those_of_its_file(file: Path) -> None:
    (file.parent / "args.yaml").write_text("{limit: 7}", "utf-8")
    tests = "{name: a, args_file: args.yaml, args: {limit: '9'}, expect: 'requests[0].query.limit = \"9\"'}"
    assert problem(file, tests) == ""


def test_errors_of_the_run_are_shown_where_the_exit_code_is_another(file: Path) -> None:
    (file.parent / "none" / "unified").mkdir(parents=True)
    shown = problem(file, "{name: a, fixtures: none, exit_code: 0}")
    assert shown.startswith("exit code 3 instead of 0\ncrm/contacts: ")


def test_a_snapshot_is_written_once_and_compared_after_that(file: Path) -> None:
    file.write_text(DEFINITION, "utf-8")
    (case,) = collect(file, new_snapshots=True)
    assert [run_case(case, update=True, environment={}).updated for _ in range(2)] == [True, False]
    assert run_case(case, environment={}).passed
    snapshot_path(file).write_text("\n".join(map(str, range(1000))), "utf-8")
    (shown,) = run_case(case, environment={}).problems
    assert shown.splitlines()[0] == "--- a.batch.yaml.snapshot.json"
    assert shown.splitlines()[-1].endswith(" lines more")
    snapshot_path(file).write_bytes(b"\xff")
    with pytest.raises(UsageError, match="it is not UTF-8"):
        run_case(case, environment={})


def test_a_snapshot_that_is_no_text_is_written_anew(file: Path) -> None:
    file.write_text(DEFINITION, "utf-8")
    snapshot_path(file).write_bytes(b"\xff")
    (case,) = collect(file)
    assert run_case(case, update=True, environment={}).updated
    assert run_case(case, environment={}).passed


def test_a_definition_with_errors_has_no_snapshot(file: Path) -> None:
    file.write_text(DEFINITION.replace("method: list", "methd: list"), "utf-8")
    (case,) = collect(file, new_snapshots=True)
    verdict = run_case(case, update=True, environment={})
    assert "the definition has errors" in verdict.problems[0]
    assert not snapshot_path(file).exists()


def test_a_report_names_what_failed_and_can_be_read_whatever_is_in_it(file: Path) -> None:
    wrong = json.dumps({"name": "a & <b>\x1b", "expect": "'<' = '>'"})
    found = verdicts(file, f"{wrong}, {{name: c, exit_code: 0}}")
    suite = ET.fromstring(junit(found))[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "a & <b>" in str(suite[0].get("name"))
    assert "'<' = '>'" in (suite[0][0].text or "")
    assert len(suite[1]) == 0


def test_what_a_node_sees_is_what_came_before_it(file: Path) -> None:
    file.write_text(DEFINITION.replace("    loop_on: resources.crm.contacts\n", ""), "utf-8")
    (seen,) = node_inputs(str(file), "crm/notes", None, {"limit": "9"})
    assert seen == {"args": {"limit": "9"}, "resources": {"crm": {"contacts": [{"id": "1"}, {"id": "2"}]}}}


def test_a_node_that_comes_after_nothing_sees_the_arguments(file: Path) -> None:
    file.write_text(DEFINITION, "utf-8")
    assert node_inputs(str(file), "crm/contacts", None, {"x": 1}) == [{"args": {"limit": "1", "x": 1}, "resources": {}}]
    file.write_text(LISTING, "utf-8")
    assert node_inputs(str(file), "crm/contacts", None, {}) == [{"args": {}, "resources": {}}]


def test_a_node_that_loops_sees_one_element_each_time(file: Path) -> None:
    file.write_text(DEFINITION, "utf-8")
    first, second = node_inputs(str(file), "crm/notes", None, {"limit": "9"})
    assert first == {"args": {"limit": "9"}, "resources": {"crm": {"contacts": {"id": "1"}}}}
    assert second == {"args": {"limit": "9"}, "resources": {"crm": {"contacts": {"id": "2"}}}}


def test_a_node_that_loops_over_an_argument(file: Path) -> None:
    file.write_text(LISTING.replace("method: list", "method: list, loop_on: ids"), "utf-8")
    found = node_inputs(str(file), "crm/contacts", None, {"ids": [1, 2]})
    assert found == [{"args": {"ids": 1}, "resources": {}}, {"args": {"ids": 2}, "resources": {}}]
    with pytest.raises(UsageError, match=r"loop_on: ids is a number, not an array"):
        node_inputs(str(file), "crm/contacts", None, {"ids": 1})


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("[1]", "a", "is no definition"),
        ("resources: {}", "a", "is no definition"),
        (LISTING, "crm/nothing", "has no node crm/nothing"),
        (DEFINITION.replace("depends_on: [crm/contacts]", "depends_on: [crm/nothing]"), "crm/notes", "has errors"),
        (DEFINITION.replace("crm/contacts", "crm/none"), "crm/notes", "what comes before crm/notes fails"),
    ],
    ids=["no mapping", "no list", "no such node", "errors", "what comes before fails"],
)
def test_what_a_node_would_see_can_not_be_had(file: Path, text: str, name: str, said: str) -> None:
    file.write_text(text.replace("resources.crm.none", "resources.crm.contacts"), "utf-8")
    with pytest.raises(UsageError, match=said):
        node_inputs(str(file), name, None, {})


def test_a_name_that_nothing_reads_is_no_passed_test(file: Path) -> None:
    said = problem(file, "{name: a, args: {limt: 9}, exit_code: 0}")
    assert 'nothing in the definition reads or declares an argument "limt"' in said
    said = problem(file, "{name: a, context: {tenat_id: t}, exit_code: 0}")
    assert 'nothing in the definition reads "tenat_id" of the account\'s context' in said
