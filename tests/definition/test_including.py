"""``include:``: several files as one definition, in which every place keeps its file, line and column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.definition import read
from batchctl.definition.including import MAX_FILES
from batchctl.diagnostics import Severity
from batchctl.errors import UsageError
from batchctl.preparation import Prepared, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonObject

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
CONTACTS = """\
args: {limit: 10, since: "2025-01-01"}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {limit: "{{args.limit:int}}"}}
"""
NOTES = """\
resources:
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query: {contact_id: "{{resources.crm.contacts.id}}", since: "{{args.since}}"}
"""


def prepared(main: str, files: Mapping[str, str | bytes], name: str = "defs/main.yaml") -> Prepared:
    def read_file(path: str) -> bytes:
        if path not in files:
            raise UsageError(f"no such file: {path}")
        text = files[path]
        return text if isinstance(text, bytes) else text.encode()

    return prepare(main, file=name, environment={"LIMIT": "7"}, read_file=read_file)


def sent(prepared: Prepared) -> JsonObject:
    return prepared.require_plan().definition.payload


def errors(found: Prepared) -> list[str]:
    """``file:line:column: message`` of every error."""
    return [
        f"{each.file or found.source.file}:{each.span.start.line}:{each.span.start.column}: {each.message}"
        for each in found.diagnostics
        if each.severity is Severity.ERROR
    ]


def test_what_is_sent_is_the_whole_definition() -> None:
    payload = sent(prepared(HEAD + "include: a.yaml\nargs: {limit: 5}\n" + NOTES, {"a.yaml": CONTACTS}))
    assert "include" not in payload
    assert payload["args"] == {"limit": 5, "since": "2025-01-01"}
    assert isinstance(payload["resources"], list)
    assert [each["name"] for each in payload["resources"] if isinstance(each, dict)] == ["contacts", "notes"]


@given(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1), st.integers(0, 5))
def test_including_says_the_same_as_writing_it_all_in_one_file(names: list[str], cut: int) -> None:
    def resources(part: list[str]) -> str:
        return "resources:\n" + "".join(f"  - {{name: {name}, resource: crm/{name}, method: list}}\n" for name in part)

    first, rest = names[:cut], names[cut:]
    whole = HEAD + "args: {x: 1}\n" + resources(names)
    files = {"p/first.yaml": resources(first) if first else "args: {x: 1}\n"}
    parts = HEAD + "args: {x: 1}\ninclude: [p/first.yaml]\n" + (resources(rest) if rest else "")
    assert sent(prepared(parts, files)) == sent(prepared(whole, {}))


def test_a_problem_is_in_the_file_that_has_it() -> None:
    faulty = CONTACTS.replace("method: list", "methd: list")
    found = prepared(HEAD + "include: shared/a.yaml\n" + NOTES, {"shared/a.yaml": faulty})
    assert errors(found) == ['defs/shared/a.yaml:3:46: unknown key "methd" in a request']
    assert found.diagnostics[0].path == ("resources", 0, "methd")


def test_a_problem_of_a_rule_is_in_the_file_that_has_it() -> None:
    found = prepared(
        HEAD + "include: a.yaml\n" + NOTES.replace("args.since", "args.sinse"),
        {"a.yaml": CONTACTS.replace("args.limit", "args.limt")},
    )
    assert [line.partition(": ")[0] for line in errors(found)] == ["defs/main.yaml:8:66", "defs/a.yaml:3:76"]


def test_broken_yaml_is_in_the_file_that_has_it() -> None:
    found = prepared(HEAD + "include: a.yaml\n" + NOTES, {"a.yaml": "args: {}\nresources: [\n"})
    assert [(each.rule, each.file) for each in found.diagnostics] == [("yaml-syntax", "defs/a.yaml")]


def test_a_name_that_stands_in_two_files_points_to_both() -> None:
    found = prepared(HEAD + "include: a.yaml\n" + CONTACTS, {"a.yaml": CONTACTS})
    wrong = next(each for each in found.diagnostics if each.rule == "duplicate-name")
    assert (wrong.file, wrong.span.start.line) == (None, 5)
    assert [(each.file, each.span.start.line) for each in wrong.related] == [("defs/a.yaml", 3)]


def test_included_files_include_others_and_each_is_taken_once() -> None:
    files = {
        "b/left.yaml": "include: ../base.yaml\n",
        "b/right.yaml": "include: [../base.yaml]\n" + NOTES,
        "base.yaml": CONTACTS,
    }
    payload = sent(prepared(HEAD + "include: [b/left.yaml, b/right.yaml]\n", files))
    assert isinstance(payload["resources"], list)
    assert len(payload["resources"]) == 2


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("none.yaml", "no such file: none.yaml"),
        ("/etc/passwd", "/etc/passwd is an absolute path"),
        ("'C:\\a.yaml'", "C:\\a.yaml is an absolute path"),
        ("'\\\\host\\a.yaml'", "\\\\host\\a.yaml is an absolute path"),
        ("../a.yaml", "../a.yaml leads out of the folder of main.yaml"),
        ("x/../../a.yaml", "x/../../a.yaml leads out of the folder of main.yaml"),
        ("main.yaml", "main.yaml includes itself: main.yaml -> main.yaml"),
        ("circle.yaml", "main.yaml includes itself: main.yaml -> circle.yaml -> main.yaml"),
        ("${LIMIT}.yaml", "a path in include can't hold variables"),
        ("7", "include names files, not the number 7"),
        ("''", "include names files, not an empty text"),
        ("{a: b}", "include names files, not a mapping"),
        ("[[a.yaml]]", "include names files, not a list"),
    ],
)
def test_what_can_not_be_included_is_one_sentence(entry: str, said: str) -> None:
    found = prepared(f"{HEAD}include: {entry}\n{CONTACTS}", {"circle.yaml": "include: main.yaml\n"})
    assert [each.message for each in found.diagnostics] == [said]
    assert {each.rule for each in found.diagnostics} == {"include"}
    assert found.plan is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "a file that is included must be a mapping, not a list"),
        ("", "the file is empty"),
        ("resorces: []\n", 'unknown key "resorces" in the definition'),
        ("resources: 1\n", '"resources" must be a list, not the number 1'),
        ("args: [1]\n", '"args" must be a mapping, not a list'),
        ("curl https://a.example\n", "this is a curl command, not a batch"),
        (b"\xff\xfe\x00", "read as UTF-16"),
    ],
)
def test_what_is_no_part_of_a_definition_is_said_at_its_place(text: str | bytes, said: str) -> None:
    found = prepared(HEAD + "include: a.yaml\n" + CONTACTS, {"a.yaml": text})
    first = found.diagnostics[0]
    assert first.file == "defs/a.yaml"
    assert said in first.message
    assert found.plan is None


def test_there_is_an_end_to_files() -> None:
    files = {f"{number}.yaml": f"include: {number + 1}.yaml\n" for number in range(MAX_FILES + 5)}
    found = prepared(HEAD + "include: 0.yaml\n" + CONTACTS, files)
    assert [each.message for each in found.diagnostics] == [f"more than {MAX_FILES} files are included"]


def test_variables_are_filled_in_at_their_places() -> None:
    text = CONTACTS.replace("limit: 10", 'limit: "${LIMIT}", other: "${NOBODY_SET_IT}"')
    found = prepared(HEAD + "include: a.yaml\n" + NOTES, {"a.yaml": text})
    assert errors(found) == ["defs/a.yaml:1:35: the variable NOBODY_SET_IT is not set"]
    fine = sent(prepared(HEAD + "include: a.yaml\n" + NOTES, {"a.yaml": CONTACTS.replace("10", '"${LIMIT}"')}))
    assert fine["args"] == {"limit": "7", "since": "2025-01-01"}


def test_comments_hide_what_is_in_their_own_file() -> None:
    hides = "# batchctl: file-ignore[account-not-uuid]\n"
    main = HEAD.replace("5c3b5d2e", "x") + "include: a.yaml\n" + NOTES
    assert "account-not-uuid" in {each.rule for each in prepared(main, {"a.yaml": hides + CONTACTS}).diagnostics}
    assert "account-not-uuid" not in {each.rule for each in prepared(hides + main, {"a.yaml": CONTACTS}).diagnostics}


def test_shared_arguments_need_not_all_be_read() -> None:
    found = prepared(
        HEAD + "include: a.yaml\n" + CONTACTS.replace("name: contacts", "name: more"), {"a.yaml": "args: {other: 1}\n"}
    )
    assert "unused-argument" not in {each.rule for each in found.diagnostics if each.file}


@pytest.mark.parametrize(
    ("mine", "theirs", "names"),
    [
        ("{limit: {type: integer}}", "{since: {type: string}}", {"limit", "since"}),
        (
            "{type: object, properties: {limit: {type: integer}}, required: [limit]}",
            "{type: object, properties: {since: {type: string}}, required: [since]}",
            {"limit", "since"},
        ),
    ],
)
def test_schemas_of_arguments_are_put_together(mine: str, theirs: str, names: set[str]) -> None:
    found = prepared(
        f"{HEAD}include: a.yaml\nargs_schema: {mine}\n{NOTES}", {"a.yaml": f"args_schema: {theirs}\n{CONTACTS}"}
    )
    assert found.loaded.declared == names
    assert found.ok


def test_two_forms_of_schema_can_not_be_put_together() -> None:
    flat, schema = "args_schema: {limit: {type: integer}}\n", "args_schema: {type: object, properties: {since: {}}}\n"
    found = prepared(f"{HEAD}include: a.yaml\n{flat}{NOTES}", {"a.yaml": schema + CONTACTS})
    assert [each.rule for each in found.diagnostics] == ["include"]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r", "\n\n# the end"])
def test_the_end_of_one_file_is_not_the_start_of_the_next(end: str) -> None:
    main = HEAD + "include: a.yaml\n" + NOTES.rstrip("\n") + end
    found = prepared(main, {"a.yaml": CONTACTS.replace("args.limit", "args.limt")})
    assert [line.partition(": ")[0] for line in errors(found)] == ["defs/a.yaml:3:76"]


def test_a_text_that_stands_alone_includes_nothing() -> None:
    found = prepare(HEAD + "include: a.yaml\n" + CONTACTS)
    assert [(each.rule, each.span.start.line) for each in found.diagnostics] == [("include", 2)]


def test_what_is_kept_of_a_run_needs_no_other_file() -> None:
    plan = prepared(HEAD + "include: a.yaml\n" + NOTES, {"a.yaml": CONTACTS}).require_plan()
    again = prepare(plan.source.standalone()).require_plan().definition
    assert again.payload == plan.definition.payload


def test_a_part_is_judged_by_what_it_has() -> None:
    loaded = read(NOTES, file="shared/notes.part.yaml")
    assert loaded.is_part
    assert not [each for each in prepare(NOTES, file="notes.part.yaml").diagnostics if each.severity is Severity.ERROR]
    wrong = prepare(NOTES.replace("method", "methd"), file="notes.part.yaml")
    assert [each.rule for each in wrong.diagnostics] == ["unknown-key"]
    assert "a part of others" in prepare(NOTES, file="notes.part.yaml").obstacles[-1].message


def test_json_can_be_included_and_include() -> None:
    part = json.dumps({"resources": [{"name": "contacts", "resource": "crm/contacts", "method": "list"}]})
    main = json.dumps(
        {"integrated_account_id": "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10", "include": "p.json", "resources": []}
    )
    found = prepared(main, {"p.json": part}, name="main.json")
    assert found.ok
    odd = '{\n"resources"\n: []}'
    assert "can't be included" in prepared(main, {"p.json": odd}, name="main.json").diagnostics[0].message
