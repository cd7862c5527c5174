"""What is proposed at a cursor, marked by | in a text, without an editor around it."""

import json
from pathlib import Path

import pytest

from batchctl.diagnostics import Position
from batchctl.errors import UsageError
from batchctl.lsp.completion import complete
from batchctl.lsp.cursor import cursor_at
from batchctl.lsp.document import Document
from batchctl.lsp.hover import hover
from batchctl.lsp.names import kind_of, rename

HEAD = "integrated_account_id: a\n"
PEOPLE = "  - {name: people, resource: crm/contacts, method: list}\n"
NOTES = "  - name: texts\n    resource: crm/notes\n    method: list\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = [{"id": "1", "company": {"name": "x"}, "emails": [{"address": "a@b"}]}, "no object"]
    for path, content in {
        "fixtures/unified/crm/contacts.json": json.dumps(records),
        "fixtures/unified/crm/contacts/merge.json": "[]",
        "fixtures/unified/crm/broken.json": "[{",
        "fixtures/proxy/users.ndjson": '{"id": 1}\n',
        "fixtures/proxy/notes.txt": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    return tmp_path


def proposed(folder: Path, text: str) -> list[str]:
    head, _, tail = text.partition("|")
    document = Document(head + tail, folder / "a.batch.yaml")
    lines = (head + tail).split("\n")
    position = Position(head.count("\n") + 1, len(head.rpartition("\n")[2]) + 1)
    return [each.label for each in complete(document, cursor_at(lines, position))]


def test_what_an_add_context_made(folder: Path) -> None:
    """Its name, and the keys that its expression says, where the node can read them."""
    added = """  - {name: about, type: add_context, depends_on: people, config: {expression: '{"a": 1, "b": 2}'}}\n"""
    start = HEAD + "resources:\n" + PEOPLE + added + NOTES
    query = '    query: {q: "{{resources.|}}"}\n'
    assert proposed(folder, start + query) == []
    reading = start + "    depends_on: people\n" + query
    assert proposed(folder, reading) == ["crm", "about"]
    assert proposed(folder, reading.replace("resources.|", "resources.about.|")) == ["a", "b"]
    assert proposed(folder, reading.replace("resources.|", "resources.about.a.|")) == []
    read = reading.replace("resources.|", "resources.about.a")
    assert pointed_at(folder, read, "about.a").endswith("it comes from an add_context.")
    assert pointed_at(folder, read.replace("about.a", "crm.contacts.id"), "contacts.id").endswith("from a record.")


def test_casts_after_a_colon_in_a_placeholder(folder: Path) -> None:
    text = HEAD + "args: {a: 1}\nresources:\n" + NOTES + '    query: {q: "{{args.a:|}}"}\n'
    assert {"bool", "int"} <= set(proposed(folder, text))


@pytest.mark.parametrize(
    ("placeholder", "names"),
    [
        ("", ["args", "resources"]),
        ("args.", ["a", "list", "deep"]),
        ("args.deep.", ["b"]),
        ("args.a.", []),
        ("args.none|args.", ["a", "list", "deep"]),
        ("args.none?:args.deep.", ["b"]),
        ("resources.", ["crm"]),
        ("resources.crm.", ["contacts"]),
        ("resources.crm.contacts.", ["id", "company", "emails"]),
        ("resources.crm.contacts.company.", ["name"]),
        ("resources.crm.contacts.emails.0.", ["address"]),
        ("resources.crm.contacts.emails.7.", []),
        ("resources.crm.contacts.id.", []),
        ("other.", []),
    ],
)
def test_the_next_step_of_a_path(folder: Path, placeholder: str, names: list[str]) -> None:
    start = HEAD + "args: {a: 1, list: [1], deep: {b: x}}\nresources:\n" + PEOPLE + NOTES
    before, bar, after = placeholder.rpartition("|")
    text = start + '    depends_on: people\n    query: {q: "{{' + before + bar + after
    lines = (text + '}}"}\n').split("\n")
    document = Document(text + '}}"}\n', folder / "a.batch.yaml")
    cursor = cursor_at(lines, Position(text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1))
    assert [each.label for each in complete(document, cursor)] == names


def test_declared_arguments_are_proposed_too(folder: Path) -> None:
    schema = "args_schema: {type: object, properties: {since: {type: string}, a: {type: integer}}}\n"
    text = HEAD + schema + "args: {a: 1}\nresources:\n" + NOTES + '    query: {q: "{{args.|}}"}\n'
    assert proposed(folder, text) == ["a", "since"]


def test_only_what_comes_before_is_in_a_path(folder: Path) -> None:
    text = HEAD + "resources:\n" + PEOPLE + NOTES + '    query: {q: "{{resources.|}}"}\n'
    assert proposed(folder, text) == []


def test_resources_and_methods_of_the_fixtures(folder: Path) -> None:
    assert proposed(folder, HEAD + "resources:\n  - resource: |\n") == ["crm/broken", "crm/contacts", "users"]
    text = HEAD + "resources:\n  - resource: crm/contacts\n    method: l|\n"
    assert proposed(folder, text) == ["list", "get", "create", "update", "delete", "merge"]


def test_resources_and_methods_of_the_account(folder: Path) -> None:
    contacts = {"resource": "crm/contacts", "methods": ["list", "search"]}
    snapshot = {"unified": [contacts, {"resource": "crm/deals", "methods": ["list"]}], "proxy": []}
    (folder / "capabilities.json").write_text(json.dumps(snapshot))
    assert {"crm/deals", "users"} <= set(proposed(folder, HEAD + "resources:\n  - resource: |\n"))
    text = HEAD + "resources:\n  - resource: crm/contacts\n    method: l|\n"
    assert proposed(folder, text) == ["list", "search"]


def test_values_of_the_schema(folder: Path) -> None:
    start = HEAD + "resources:\n  - resource: users\n    method: list\n"
    assert proposed(folder, start + "    persist: |\n") == ["true", "false"]
    assert proposed(folder, start + "    id: |\n") == []
    loop = HEAD + "args: {a: 1, ids: [1]}\nresources:\n  - resource: users\n    method: list\n    loop_on: |\n"
    assert proposed(folder, loop) == ["args.ids"]


def test_a_list_that_is_too_large_or_broken_has_no_fields(folder: Path) -> None:
    text = HEAD + "resources:\n  - {name: x, resource: crm/broken, method: list}\n" + NOTES
    assert proposed(folder, text + '    depends_on: x\n    query: {q: "{{resources.crm.broken.|}}"}\n') == []


def test_without_fixtures_nothing_is_known(tmp_path: Path) -> None:
    assert proposed(tmp_path, HEAD + "resources:\n  - resource: |\n") == []


def pointed_at(folder: Path, text: str, needle: str) -> str:
    head = text[: text.index(needle) + 1]
    found = hover(Document(text, folder / "a.batch.yaml"), Position(head.count("\n") + 1, len(head.split("\n")[-1])))
    return "" if found is None else found


def test_the_value_of_a_placeholder_now(folder: Path) -> None:
    text = HEAD + "args: {a: 1, api_key: hunter22}\nresources:\n" + PEOPLE + NOTES + "    depends_on: people\n"
    query = 'query: {p: "{{args.a}}", q: "{{args.none:undefined}}", r: "{{args.nope}}", s: "{{args.api_key}}"'
    text += f'    {query}, t: "{{{{resources.crm.contacts.id}}}}"}}\n'
    shown = {name: pointed_at(folder, text, f"args.{name}") for name in ("a}", "none", "nope", "api_key}")}
    assert 'Now: `"1"`' in shown["a}"]
    assert "left out" in shown["none"]
    assert "sent literally" in shown["nope"]
    assert "hunter22" not in shown["api_key}"]
    assert "Only a run knows" in pointed_at(folder, text, "resources.crm.contacts.id")


def test_functions_of_truto_say_where_they_are_evaluated(folder: Path) -> None:
    transform = "  - name: t\n    type: transform\n    depends_on: people\n    config: {expression: '"
    text = HEAD + "resources:\n" + PEOPLE + transform + "$count($) + $uuid()'}\n"
    assert "JSONata" in pointed_at(folder, text, "$count")
    assert "Truto (" in pointed_at(folder, text, "$uuid")


def test_items_of_a_list_of_dependencies(folder: Path) -> None:
    text = HEAD + "resources:\n" + PEOPLE + NOTES + "    depends_on:\n      - people\n      - |\n"
    assert "texts" not in proposed(folder, text)
    inline = HEAD + "resources:\n" + PEOPLE + NOTES + "    depends_on: [p|]\n"
    assert proposed(folder, inline) == ["people"]


def test_the_requests_of_a_resource_are_shown_only_for_a_file_without_errors(folder: Path) -> None:
    text = HEAD + "resources:\n" + NOTES
    assert "/unified/crm/notes" in pointed_at(folder, text, "resource: crm/notes")
    assert "/unified/crm/notes" not in pointed_at(folder, text + "    methd: x\n", "resource: crm/notes")


JOB = """\
label: Contacts
default_runtime_version: 4
state_key: s
args: {ids: ["1"]}
resources:
  - {name: since, type: get_state, config: {key: last}}
  - {name: people, resource: crm/contacts, method: list, depends_on: since}
  - {name: keep, type: event, config: {name: complete}, depends_on: people}
"""


@pytest.mark.parametrize(
    ("node", "names"),
    [
        ("name: a\n    type: event\n    loop_on: |", ["args.ids"]),
        ('name: a\n    type: event\n    depends_on: people\n    config: {x: "{{resources.|}}"}', ["since", "crm"]),
        ('name: a\n    type: event\n    depends_on: people\n    config: {x: "{{resources.since.|}}"}', ["value"]),
        ('name: a\n    type: event\n    depends_on: keep\n    config: {x: "{{resources.keep.|}}"}', []),
        ("name: a\n    type: event\n    depends_on:\n      - |", ["since", "people", "keep"]),
        ("name: a\n    resource: crm/contacts\n    method: list\n    query:\n      b:\n        - |", []),
    ],
    ids=["loop", "address", "state", "no-records", "item", "item-of-another-key"],
)
def test_what_a_node_of_a_job_can_name(folder: Path, node: str, names: list[str]) -> None:
    assert proposed(folder, f"{JOB}  - {node}\n") == names


def test_records_in_an_empty_list_have_no_fields(folder: Path) -> None:
    (folder / "fixtures/unified/crm/contacts.json").write_text('[{"emails": []}]')
    text = HEAD + "resources:\n" + PEOPLE + NOTES + '    depends_on: people\n    query: {q: "{{resources.crm.contacts.'
    assert proposed(folder, text + 'emails.address.|}}"}\n') == []


@pytest.mark.parametrize(
    ("place", "name", "sentence"),
    [
        ("crm/notes", "b", "no name of its own"),
        ("integrated", "b", "no resource here"),
        ("people", "a b", "letters, digits"),
        ("people", "-b", "letters, digits"),
        ("people", "kept", "another resource"),
    ],
)
def test_a_name_that_can_not_be_changed_is_said(folder: Path, place: str, name: str, sentence: str) -> None:
    text = HEAD + "resources:\n" + PEOPLE + "  - {name: kept, resource: crm/users, method: list}\n"
    text += "  - {resource: crm/notes, method: list, depends_on: people}\n"
    document = Document(text, folder / "a.batch.yaml")
    before = text[: text.index(place)]
    with pytest.raises(UsageError, match=sentence):
        rename(document, Position(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1), name)


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ("{name: a, resource: crm/contacts, method: list}", "request"),
        ("{name: a, type: transform, config: {expression: $}}", "transform"),
        ("{name: a, type: get_state, config: {key: last}}", "get_state"),
    ],
)
def test_the_kind_of_a_node_is_its_type(folder: Path, node: str, kind: str) -> None:
    document = Document(f"label: a\nstate_key: s\nresources:\n  - {node}\n", folder / "a.sync.yaml")
    assert [kind_of(each) for each in document.nodes.values()] == [kind]


def test_a_password_within_an_argument_is_not_shown(folder: Path) -> None:
    args = "args: {deep: {password: pw123456}, size: 3}\nresources:\n"
    text = HEAD + args + NOTES + '    query: {q: "{{args.deep.password}}", r: "{{args.deep:json}}"}\n'
    document = Document(text, folder / "a.batch.yaml")
    lines = text.split("\n")

    def place(word: str) -> Position:
        line = next(number for number, each in enumerate(lines) if word in each)
        return Position(line + 1, lines[line].index(word) + len(word) + 1)

    details = {each.label: each.detail for each in complete(document, cursor_at(lines, place("{{args.")))}
    assert details == {"deep": '{"password": "***"}', "size": "3"}
    shown = hover(document, place('r: "{{args.dee'))
    assert shown is not None
    assert "***" in shown
    assert "pw123456" not in shown
    request = hover(document, place("resource: crm/no"))
    assert request is not None
    assert "GET /unified/crm/notes" in request
    assert "pw123456" not in request
