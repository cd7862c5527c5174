"""One finding per cause, at the text that the author would change; and nothing where nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic

ACCOUNT = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
CONTACTS = "  - {name: contacts, resource: crm/contacts, method: list}\n"
NOTES = "  - {name: notes, resource: crm/notes, method: list, "


def found_in(text: str) -> tuple[Diagnostic, ...]:
    return prepare(ACCOUNT + text, environment={}).diagnostics


def pointed_at(text: str, found: Diagnostic) -> str:
    line = (ACCOUNT + text).split("\n")[found.span.start.line - 1]
    return line[found.span.start.column - 1 : found.span.end.column - 1]


LIST = "resources:\n  - {resource: crm/contacts, method: list, query: {n: "
CAUSES = {
    "inside an argument": ("args: {user: {name: Zoe}}\n" + LIST + '"{{args.user.nme}}"}}\n', "{{args.user.nme}}"),
    "inside a loop's element": (
        (
            "args: {users: [{id: a}, {id: b}]}\n"
            'resources:\n  - {resource: crm/users, method: get, id: "{{args.users.ide}}", loop_on: users}\n'
        ),
        "{{args.users.ide}}",
    ),
    "a misspelled dependency and what it would bring": (
        f'resources:\n{CONTACTS}{NOTES}depends_on: contcats, query: {{c: "{{{{resources.crm.contacts.id}}}}"}}}}\n',
        "contcats",
    ),
    "the same misspelling twice": (
        f'resources:\n{CONTACTS}{NOTES}depends_on: contcats, query: {{c: "{{{{resources.contcats.id}}}}"}}}}\n',
        "contcats",
    ),
    "a loop over nothing known": (
        'resources:\n  - {resource: crm/users, method: get, id: "{{args.ids}}", loop_on: args.ids}\n',
        "args.ids",
    ),
    "a misspelled loop": (
        'args: {ids: [a]}\nresources:\n  - {resource: crm/users, method: get, id: "{{args.ids}}", loop_on: args.idz}\n',
        "args.idz",
    ),
    "a dependency on itself, read": (
        'resources:\n  - {name: a, resource: crm/b, method: get, id: "{{resources.crm.b.id}}", depends_on: a}\n',
        "a",
    ),
    "a malformed resource that others read": (
        "resources:\n  - {name: contacts, resource: crm//contacts, method: list}\n"
        + NOTES
        + 'depends_on: contacts, query: {c: "{{resources.crm.contacts.id}}"}}\n',
        "crm//contacts",
    ),
    "a root left out": ("args: {who: x}\n" + LIST + '"{{who}}"}}\n', "{{who}}"),
    "a whole record": (
        f'resources:\n{CONTACTS}{NOTES}depends_on: contacts, query: {{c: "{{{{resources.crm.contacts}}}}"}}}}\n',
        "{{resources.crm.contacts}}",
    ),
    "a proxy resource that is only waited for": (
        "resources:\n  - {name: pages, resource: pages, method: list}\n" + NOTES + "depends_on: pages}\n",
        "pages",
    ),
    "an update per element that another request loops over": (
        (
            "args: {ids: [a, b]}\nresources:\n"
            '  - {name: c, resource: crm/contacts, method: get, id: "{{args.ids}}", loop_on: args.ids}\n'
            '  - {resource: crm/a, method: update, depends_on: c, id: "{{resources.crm.contacts.id}}", body: {x: 1}}\n'
        ),
        "update",
    ),
}


@pytest.mark.parametrize("name", CAUSES)
def test_one_finding_at_its_place(name: str) -> None:
    text, place = CAUSES[name]
    found = found_in(text)
    assert [pointed_at(text, each) for each in found] == [place]


INNOCENT = {
    "another path that is there": "args: {name: x}\n" + LIST + '"{{args.nick|args.name}}"}}\n',
    "a template of another kind": LIST + '"{{#each items}}<b>{{this}}</b>{{/each}}"}}\n',
    "braces that mean nothing": LIST + '"a{color:red}"}}\n',
    "an object that the schema leaves open": (
        "args_schema: {type: object, properties: {user: {type: object}}}\nargs: {user: {}}\n"
        + LIST
        + '"{{args.user.name}}"}}\n'
    ),
    "a type for people in the flat schema": (
        "args_schema: {since: {type: date, required: true}}\nargs: {since: x}\n" + LIST + '"{{args.since}}"}}\n'
    ),
    "methods of their own": (
        "resources:\n"
        "  - {name: a, resource: crm/contacts, method: search, body: {q: x}}\n"
        "  - {name: b, resource: crm/contacts, method: list_all}\n"
        "  - {name: c, resource: crm/contacts, method: set}\n"
    ),
    "one record that is updated": (
        "resources:\n  - {name: a, resource: crm/contacts, method: create, body: {x: 1}}\n"
        '  - {resource: crm/notes, method: update, depends_on: a, id: "{{resources.crm.contacts.id}}", body: {x: 1}}\n'
    ),
}


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_is_told(name: str) -> None:
    assert found_in(INNOCENT[name]) == ()


def test_every_required_argument_is_named() -> None:
    text = (
        "args_schema: {type: object, required: [a, b], properties: {a: {}, b: {}}}\n"
        + LIST
        + '"{{args.a}}{{args.b}}"}}\n'
    )
    assert [pointed_at(text, each) for each in found_in(text)] == ["a", "b"]


def test_the_place_of_a_fault_in_a_block_scalar() -> None:
    text = (
        "resources:\n  - {name: a, resource: pages, method: list}\n"
        "  - name: t\n    type: transform\n    persist: true\n    depends_on: a\n    config:\n      expression: |\n"
        "        (\n          $x := resources.pages[;\n          $unknown($x)\n        )\n"
    )
    (found,) = found_in(text)
    assert (found.rule, pointed_at(text, found)) == ("expression-syntax", ";")


def test_very_many_unused_arguments_are_one_finding() -> None:
    arguments = "".join(f"  key{number}: v\n" for number in range(2000))
    text = f"{ACCOUNT}args:\n{arguments}resources:\n  - {{resource: crm/contacts, method: list}}\n"
    (found,) = prepare(text, environment={}).diagnostics
    assert found.message == 'nothing reads the argument "key0", nor 1,999 others'
