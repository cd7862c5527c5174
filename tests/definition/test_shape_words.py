"""What has the wrong shape is said with what to write instead."""

from __future__ import annotations

import pytest

from batchctl.definition import read, read_data
from batchctl.definition.job_changes import changes, update_body, writable

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
ONE = "resources:\n  - {resource: crm/a, method: list}\n"
SYNC = "integration_name: x\nresources:\n"


def said(text: str) -> list[tuple[str, str | None]]:
    return [(found.message, found.help) for found in read(text, environment={"N": "5"}).diagnostics]


CASES = {
    HEAD + "method: list\n" + ONE: ('unknown key "method" in the definition', 'it belongs to an item of "resources"'),
    HEAD + "resources:\n  - {type: transform, resource: crm/a, name: t, expression: x, config: {expression: x}}\n": (
        'unknown key "expression" in a transform',
        'put it under "config"',
    ),
    HEAD + "resources:\n  - {resource: crm/a, method: list, integrated_account_id: x}\n": (
        'unknown key "integrated_account_id" in a request',
        "in a batch it is on top of the file: all calls are made for one account",
    ),
    HEAD + "resources:\n  - {resource: crm/a, method: list, config: {}}\n": (
        'unknown key "config" in a request',
        "only transforms have it: add type: transform",
    ),
    HEAD + "name:\n" + ONE: ('"name" must be text, not empty', "give it a value, or remove it"),
    HEAD + "name: 5\n" + ONE: ('"name" must be text, not the number 5', 'quote it: "5"'),
    HEAD + "args: x\n" + ONE: (
        '"args" must be a mapping, not the text "x"',
        'write "key: value" lines below it, indented',
    ),
    HEAD + "resources: x\n": ('"resources" must be a list, not the text "x"', 'start each resource with "- "'),
    HEAD + "resources: []\n": ("the batch has no resources", "add at least one request"),
    HEAD + "resources:\n  - crm/a\n": (
        'a resource must be a mapping, not the text "crm/a"',
        "write resource: crm/a and a method",
    ),
    HEAD + "resources:\n  - resource:crm/a\n    method:list\n": (
        'a resource must be a mapping, not the text "resource:crm/a method:list"',
        "a colon needs a space after it: write resource: …",
    ),
    HEAD + "resources:\n  - resource: crm/a\n    method: list\n\xa0\xa0  persist: true\n": (
        'unknown key "\xa0\xa0  persist" in the definition, which has a no-break space before it',
        "indent it with spaces",
    ),
    HEAD + "resources:\n  - {resource: crm/a, method: list, loop_on: [1]}\n": (
        '"loop_on" must be text, not a list',
        "give the list to an argument, and name that: loop_on: args.ids",
    ),
    HEAD + "resources:\n  - {resource: crm/a, method: list, query: [{a: 1}]}\n": (
        '"query" must be a mapping or an expression, not a list',
        'write "key: value" lines without "- "',
    ),
    HEAD + "resources:\n  - 5\n": (
        "a resource must be a mapping, not the number 5",
        "give it at least the keys resource and method",
    ),
    HEAD + "resources:\n  - {type: 5, resource: crm/a, method: list}\n": (
        '"type" must be text, not the number 5',
        None,
    ),
    HEAD + "resources:\n  - {type: reqest, resource: crm/a, method: list}\n": (
        '"type" must be request, spool, transform or add_context, not "reqest"',
        'did you mean "request"?',
    ),
    "- id: 1\n": (
        "a definition must be a mapping, not a list",
        "these look like records: fixtures/unified/MODEL/RESOURCE.json holds those, and --each takes rows",
    ),
    "- resource: crm/a\n": ("a definition must be a mapping, not a list", 'put the list under "resources:"'),
    "5\n": (
        "a definition must be a mapping, not the number 5",
        "a definition has at least the keys integrated_account_id and resources",
    ),
    HEAD + "resources:\n  - {resource: '', method: list}\n": ('"resource" is empty', "give it a value, or remove it"),
    HEAD + "resources:\n  - {resource: crm/a, method: list, x-accept: [200]}\n": (
        "a status of a failed call is from 400 to 599",
        None,
    ),
}


@pytest.mark.parametrize("text", CASES)
def test_words(text: str) -> None:
    assert CASES[text] in said(text)


@pytest.mark.parametrize("data", [None, 5, "x", [1]])
def test_a_request_that_is_no_mapping(data: object) -> None:
    loaded = read_data(data)  # type: ignore[arg-type]  # of a parameter
    assert loaded.definition is None
    assert "a definition must be a mapping" in loaded.diagnostics[0].message


def test_data_that_no_json_has() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    assert [found.rule for found in read_data({"a": float("nan")}).diagnostics] == ["unusable-number"]
    assert [found.rule for found in read_data({"a": deep}).diagnostics] == ["too-deep"]  # type: ignore[dict-item]


def test_a_request_includes_no_file() -> None:
    loaded = read_data({"include": "x.part.yaml", "resources": []})
    assert loaded.definition is None
    assert loaded.diagnostics


VARIABLES = """\
args_validation: "${N}"
resources:
  - {resource: "crm/${N}", method: list, run_if: "'${N}'", recurse: {if: "{{a:bool}}", config: {query: {n: "${N}"}}}}
  - {type: transform, name: t, resource: crm/t, config: {expression: "'${N}'", note: "${N}"}}
  - "${N}"
tags: ["${N}", 1]
"""


def test_where_variables_are_filled_in() -> None:
    """Anywhere but in expressions, where ``${`` is JSONata's own."""
    data = read(HEAD + VARIABLES, environment={"N": "5"}).data
    assert isinstance(data, dict)
    assert (data["args_validation"], data["tags"]) == ("${N}", ["5", 1])
    assert data["resources"] == [
        {
            "resource": "crm/5",
            "method": "list",
            "run_if": "'${N}'",
            "recurse": {"if": "{{a:bool}}", "config": {"query": {"n": "5"}}},
        },
        {"type": "transform", "name": "t", "resource": "crm/t", "config": {"expression": "'${N}'", "note": "5"}},
        "5",
    ]


def test_what_differs_between_two_jobs() -> None:
    before = {"label": "a", "resources": [{"name": "x", "n": 1}, {"resource": "crm/y"}, {"name": "x"}, 5], "gone": 1}
    after = {"label": "b", "resources": [{"resource": "crm/y"}, {"name": "x", "n": True}, {"name": "x"}, 5]}
    found = {change.path: (change.before, change.after) for change in changes(before, after)}  # type: ignore[arg-type]
    assert found[("label",)] == ("a", "b")
    assert found[("gone",)] == (1, None)
    assert found[("resources", "x", "n")] == (1, True)
    assert [change.path for change in changes({"resources": "x"}, {"resources": "y"})] == [("resources",)]
    order = changes({"resources": [{"name": "a"}, {"name": "b"}]}, {"resources": [{"name": "b"}, {"name": "a"}]})
    assert [(change.before, change.after) for change in order] == [(["a", "b"], ["b", "a"])]
    assert changes({"resources": [{"name": "a"}]}, {"resources": [{"name": "a"}]}) == ()


def test_a_key_that_a_job_has_no_more_is_sent_as_null() -> None:
    theirs = {"id": "j1", "label": "a", "args_schema": {"x": {}}, "resources": [], "created_at": "2026"}
    assert "id" not in writable(theirs)  # type: ignore[arg-type]  # JSON's kin
    assert update_body(theirs, {"label": "b", "resources": []}) == {  # type: ignore[arg-type]  # as above
        "label": "b",
        "resources": [],
        "args_schema": None,
    }
