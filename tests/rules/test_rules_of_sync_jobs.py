"""What is said of sync jobs beyond the examples of each rule."""

from __future__ import annotations

import pytest

from batchctl.preparation import prepare

HEAD = """
label: Contacts
default_runtime_version: 4
state_key: "contacts-{{args.account}}"
mutex_key: "contacts-{{args.account}}"
args_schema: {account: {type: string, format: integrated_account_id}}
"""
NODES = """
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
  - {name: done, type: event, config: {name: complete}}
"""


def found(text: str) -> list[tuple[str, str]]:
    """The code and the text of each problem, and of its advice."""
    return [
        (each.code, f"{each.message} · {each.help}") for each in prepare(text, environment={}, jobs=True).diagnostics
    ]


def test_the_job_by_itself_has_no_problem() -> None:
    assert found(HEAD + NODES) == []


@pytest.mark.parametrize("key", ["state_key", "mutex_key"])
def test_an_argument_of_a_key_on_top_is_declared(key: str) -> None:
    job = (HEAD + NODES).replace(f'{key}: "contacts-{{{{args.account}}}}"', f'{key}: "{{{{args.acount}}}}"')
    assert found(job) == [
        ("BC403", f'argument "acount" is neither given nor declared: {key} has no value · did you mean "account"?')
    ]
    assert found(job.replace("{{args.acount}}", "{{args.acount?:none}}")) == []
    assert [code for code, _ in found(job + "args: {acount: x}\n")] == ["BC902"]


def test_an_argument_that_the_validation_reads_is_declared() -> None:
    job = HEAD + NODES + "args_validation: \"args.month ? {'message': 'no'}\"\n"
    assert found(job) == [
        ("BC902", 'args_schema does not declare the argument "month" · add month: {type: string} to args_schema')
    ]


def test_an_update_state_has_a_value() -> None:
    update = "  - {name: keep, type: update_state, depends_on: done, config: {key: last}}\n"
    said = ('BC202', 'an update_state needs the key "value" or "value_expression" · say what it keeps')  # fmt: skip
    assert found(HEAD + NODES + update) == [said]
    assert found(HEAD + NODES + update.replace("key: last", "key: last, value: null")) == []


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("get_state", 'add "config: {key: …, default: …}"'),
        ("update_state", 'add "config: {key: …, value_expression: …}"'),
        ("delete_state", 'add "config: {key: …}"'),
        ("event", 'add "config: {name: complete}"'),
    ],
)
def test_a_node_without_a_config_is_shown_its_own(kind: str, advice: str) -> None:
    ((code, text),) = found(HEAD + NODES + f"  - {{name: more, type: {kind}, depends_on: done}}\n")
    assert (code, text.split(" · ")[1]) == ("BC202", advice)


DATE = "sync_job_run.started_at"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (f"'since ' & {DATE}", "quotes around it"),
        (f"{DATE} & 'Z'", "quotes around it"),
        (f"$string({DATE})", "quotes around it"),
        (f"$$.{DATE} < '2025'", "neither a text nor a number"),
        (f"'2025' >= {DATE}", "neither a text nor a number"),
        (f"$dtFromIso({DATE})", "neither a text nor a number"),
        (f"$substring({DATE}, 0, 10)", "neither a text nor a number"),
        (f"resources.crm.contacts[updated_at > $$.{DATE}]", "neither a text nor a number"),
        (f"{DATE}.toISOString()", ""),
        (f"$dtFromIso({DATE}.toISOString())", ""),
        (f"{{'at': {DATE}}}", ""),
        (f"$exists({DATE})", ""),
        (f"'x' & {DATE}.toISOString()", ""),
        (f"resources.crm.contacts[{DATE} > 1]", ""),
    ],
)
def test_the_date_of_the_run_is_no_text(expression: str, said: str) -> None:
    """What each gives was read off @truto/truto-jsonata 3.0.6; ``started_at`` of a record is the record's own."""
    node = f'  - {{name: made, type: transform, depends_on: contacts, config: {{expression: "{expression}"}}}}\n'
    job = (HEAD + NODES + node).replace("[contacts]", "[contacts, made]")
    problems = [text for code, text in found(job) if code == "BC911"]
    assert len(problems) == bool(said)
    assert said in "".join(problems)


def test_names_that_are_known_are_listed_once() -> None:
    job = HEAD + "args: {account: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10}\n" + NODES
    loop = '"{{args.account}}", loop_on: zzzzzz'
    ((code, text),) = found(job.replace('"{{args.account}}"}', loop + "}"))
    assert (code, text.split(" · ")[1]) == ("BC402", "known names: account")


ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
ADVICE = "copy it from the integrated account in Truto: 5c3b5d2e-8f0a-…"


@pytest.mark.parametrize(
    ("args", "node", "said"),
    [
        (f"{{account: {ACCOUNT}}}", "{{args.account}}", []),
        ("{account: '${ACCOUNT:-acme}'}", "{{args.account}}", []),
        ("{account: acme}", "{{args.account}}", ["account is the id of an integrated account, and its value is not a UUID"]),  # noqa: E501 - a sentence
        (f"{{account: {ACCOUNT.upper()}}}", ACCOUNT, []),
        (f"{{account: {ACCOUNT}}}", "acme", ["integrated_account_id is not a UUID"]),
        (f"{{account: {ACCOUNT}}}", "${ACCOUNT:-acme}", []),
        (f"{{account: {ACCOUNT}}}", "{{args.account?:acme}}", []),
        ("{account: 7}", "{{args.account}}", []),
    ],
)  # fmt: skip
def test_ids_of_accounts_are_uuids(args: str, node: str, said: list[str]) -> None:
    job = HEAD + f"args: {args}\n" + NODES.replace("{{args.account}}", node)
    assert [text for code, text in found(job) if code == "BC607"] == [f"{each} · {ADVICE}" for each in said]


@pytest.mark.parametrize("kind", ["webhook_id", "datastore_id", "updated_at"])
def test_of_other_ids_the_form_is_said_nowhere(kind: str) -> None:
    job = HEAD.replace("account: {", f"other: {{type: string, format: {kind}}}, account: {{") + "args: {other: x}\n"
    assert "BC607" not in [code for code, _ in found(job + NODES)]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("[contacts]}", "[contacts], loop_on: payload.records}", "loop_on is for datastores"),
        ("resource: crm/contacts,", "resource: contacts, delete_tracking: soft,", "delete_tracking is for Unified"),
    ],
)
def test_a_key_that_truto_does_not_read_there(was: str, becomes: str, said: str) -> None:
    ((code, message),) = found((HEAD + NODES).replace(was, becomes, 1))
    assert (code, message.startswith(said)) == ("BC914", True)


def test_the_same_keys_where_truto_reads_them() -> None:
    tracked = (HEAD + NODES).replace("resource: crm/contacts,", "resource: crm/contacts, delete_tracking: soft,")
    assert found(tracked) == []


ABOUT = (
    '  - {name: about, type: add_context, depends_on: contacts, config: {expression: \'{"list": [1], "title": 2}\'}}\n'
)
MADE = "  - {name: made, type: transform, depends_on: contacts, config: {expression: PATH}}\n"


def of_reading(path: str, about: str = ABOUT, more: str = "") -> list[tuple[str, str]]:
    job = (HEAD + NODES + about + more + MADE.replace("PATH", path)).replace("[contacts]", "[contacts, made]")
    return found(job)


@pytest.mark.parametrize("path", ["resources.about", "resources.about.list", "resources.about.title", "resources"])
def test_what_an_add_context_made_is_read_by_its_name(path: str) -> None:
    assert of_reading(path) == []


def test_a_destination_reads_it_too() -> None:
    settings = "destination_type: datastore, config: {id: x, method: uploadObject, config: {path: '{{PATH}}'}}"
    job = (HEAD + NODES + ABOUT).replace("destination_type: superquery", settings)
    assert "BC405" not in dict(found(job.replace("PATH", "resources.about.title")))
    said = dict(found(job.replace("PATH", "resources.about.titel")))["BC405"]
    assert said.startswith('the add_context "about" adds no "titel"; {{resources.about.titel}} would be sent literally')


def test_a_key_that_its_expression_does_not_have_is_named() -> None:
    """As far as the expression says its keys."""
    assert of_reading("resources.about.titel") == [
        ("BC405", 'the add_context "about" adds no "titel": the expression finds nothing there · did you mean "title"?')
    ]
    assert of_reading("resources.about.titel", ABOUT.replace("}'", "} ~> $merge'")) == []


def test_it_is_read_by_nodes_that_the_add_context_reaches() -> None:
    """That is by those after the nodes which it depends on."""
    apart = (
        "  - {name: teams, type: request, resource: crm/teams, method: list,"
        ' integrated_account_id: "{{args.account}}"}\n'
    )
    text = of_reading("resources.about.list", ABOUT.replace("depends_on: contacts", "depends_on: teams"), apart)
    said = '"made" does not wait for resources.about.list: the expression finds nothing there'
    assert ("BC404", f"{said} · add depends_on: about") in text


def test_a_name_below_which_records_stand_means_these() -> None:
    """An add_context of that name is read by its keys alone."""
    about = ABOUT.replace("name: about", "name: crm")
    (text,) = (text for code, text in of_reading("resources.crm.list", about) if code == "BC405")
    assert text.endswith("what an add_context adds is read by its own name: list")


@pytest.mark.parametrize(
    ("expression", "key"),
    [('{"a": [1]}', "a"), ("$x", "KEY")],
)
def test_a_loop_over_the_object(expression: str, key: str) -> None:
    job = (
        HEAD
        + NODES.replace("[contacts]", "[contacts, notes]")
        + ABOUT.replace('{"list": [1], "title": 2}', expression)
        + "  - {name: notes, type: request, resource: crm/notes, method: list, depends_on: contacts, loop_on: PATH,"
        ' integrated_account_id: "{{args.account}}", query: {q: "{{PATH}}"}}\n'
    )
    advice = f"write resources.about.{key}, for a key that holds a list"
    said = f"loop_on: resources.about is an object, not an array · {advice}"
    assert dict(found(job.replace("PATH", "resources.about")))["BC406"] == said
    assert found(job.replace("PATH", "resources.about.a")) == []
