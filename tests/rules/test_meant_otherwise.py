"""What would be sent, or kept, otherwise than its author meant, found before anything is sent."""

from __future__ import annotations

import pytest

from batchctl.definition.given import Given, Origin
from batchctl.preparation import prepare

UUID = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
ACCOUNT = f"integrated_account_id: {UUID}\n"
LIST = (
    ACCOUNT
    + "args: {x: b}\nresources:\n  - {name: c, resource: crm/contacts, method: list, query: {x: '{{args.x}}'}}\n"
)
JOB = "label: a\ndefault_runtime_version: 4\nstate_key: a\nmutex_key: a\n"


def found_in(text: str, environment: dict[str, str] | None = None, given: Given | None = None) -> list[tuple[str, ...]]:
    """Rule, severity, the text at the place, and the help."""
    prepared = prepare(text, environment=environment or {}, given=given, jobs=True)
    source = prepared.source.text
    return [
        (
            each.rule,
            each.severity.value,
            source[source.offset(each.span.start) : source.offset(each.span.end)],
            each.help or "",
        )
        for each in prepared.diagnostics
    ]


def behind(node: str) -> list[tuple[str, ...]]:
    """What is found with a second node behind the list of contacts."""
    return found_in(f"{LIST}  - {{name: n, resource: crm/notes, depends_on: c, {node}}}\n")


@pytest.mark.parametrize(
    ("node", "place"),
    [
        ("method: get, id: args.x", "args.x"),
        ("method: list, query: {a: [resources.crm.contacts.id]}", "resources.crm.contacts.id"),
        ("method: create, body: {'{{args.x}}': 1}", "'{{args.x}}'"),
        ("method: list, query: {a: '{{#if args.x}}1{{/if}}'}", "{{#if args.x}}"),
    ],
)
def test_what_is_no_placeholder_there_is_an_error(node: str, place: str) -> None:
    assert [each[:3] for each in behind(node)] == [("not-a-placeholder", "error", place)]


@pytest.mark.parametrize(
    "node",
    [
        "method: get, id: '{{args.x}}', query: {a: 'args.x is here'}",
        "method: get, id: args.nope",
        "method: list, query: {a: resources.crm.deals.id}",
        "method: create, body: {'{{name}}': 1, a: '{{#each items}}{{/each}}'}",
        "method: get, id: '{{resources.crm.contacts.tags}}', loop_on: resources.crm.contacts.tags",
    ],
)
def test_text_of_the_same_form_can_be_meant(node: str) -> None:
    assert not [each for each in behind(node) if each[0] == "not-a-placeholder"]


def test_an_argument_is_not_looked_at_again() -> None:
    found = found_in(
        LIST.replace("{x: b}", "{y: '{{args.x}}', x: '{{name}}'}").replace(
            "'{{args.x}}'}}", "'{{args.y}} {{args.x}}'}}"
        )
    )
    assert [each[:3] for each in found] == [("not-a-placeholder", "error", "{{args.x}}")]


def test_the_account_of_a_batch_and_a_resource_are_no_templates() -> None:
    account = found_in(LIST.replace(UUID, "'{{args.x}}'").replace("'{{args.x}}'}", "'{{args.x}}'}"))
    assert [each[:3] for each in account] == [("not-a-placeholder", "error", "'{{args.x}}'")]
    (resource,) = found_in(LIST.replace("crm/contacts", "'crm/{{args.x}}'").replace(", query: {x: '{{args.x}}'}", ""))
    assert resource[:2] == ("malformed-resource", "error")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{arg.x?:7}}", [("unknown-root", "warning", "{{arg.x?:7}}", 'did you mean "args"?')]),
        (
            "{{resource.crm.contacts.id?:7}}",
            [("unknown-root", "warning", "{{resource.crm.contacts.id?:7}}", 'did you mean "resources"?')],
        ),
        ("{{months?:3}}", []),
        (
            "{{args.x|int}}",
            [("unknown-root", "warning", "{{args.x|int}}", "a type comes after a colon: {{args.name:int}}")],
        ),
        (
            "{{contacts.id}}",
            [("unknown-root", "warning", "{{contacts.id}}", "did you mean resources.crm.contacts.id?")],
        ),
        ("{{c.id}}", [("unknown-root", "warning", "{{c.id}}", "did you mean resources.crm.contacts.id?")]),
    ],
)
def test_names_at_the_beginning_of_a_path(text: str, expected: list[tuple[str, ...]]) -> None:
    assert behind(f"method: list, query: {{a: '{text}'}}") == expected


@pytest.mark.parametrize(
    ("expression", "advice"),
    [
        ("{{args.x}}", "JSONata has no placeholders: write args.x without braces"),
        ("args.x == 1", "JSONata has = for =="),
        ("args.x && true", "JSONata has and for &&"),
        ("args.x || true", "JSONata has or for ||"),
    ],
)
def test_forms_of_other_languages_in_an_expression(expression: str, advice: str) -> None:
    assert [(each[0], each[3]) for each in behind(f"method: list, run_if: '{expression}'")] == [
        ("expression-syntax", advice)
    ]


def test_the_query_of_a_url_is_no_expression() -> None:
    advice = "text is a JSONata expression here: write a mapping, query: {limit: 5}"
    assert [(each[0], each[3]) for each in behind("method: list, query: 'limit=5&page=2'")] == [
        ("unknown-root", advice),
        ("unknown-root", advice),
    ]


def test_expressions_outside_of_the_nodes_are_read() -> None:
    tests = "x-tests:\n  - {name: a, expect: '$cuont(result) = 1'}\n  - {name: b, expect: ['true', '1 +']}\n"
    assert [each[:3] for each in found_in(LIST + tests)] == [
        ("unknown-function", "warning", "$cuont"),
        ("expression-syntax", "warning", "+"),
    ]
    job = f"{JOB}args_validation: $exist(args.a)\nresources:\n  - {{resource: crm/contacts, method: list, name: c}}\n"
    assert ("unknown-function", "error", "$exist", 'did you mean "exists"?') in found_in(job)


def test_the_shape_of_tests_is_checked() -> None:
    tests = "x-tests:\n  - {name: a, arg: {}, expect: 'true', exit_code: '3'}\n"
    assert list(found_in(LIST + tests)) == [
        ("unknown-key", "warning", "arg", 'did you mean "args"?'),
        ("wrong-type", "warning", "'3'", "write 3, without quotes"),
    ]


def test_own_keys_that_are_nearly_ours_have_a_warning() -> None:
    node = "method: list, query: {a: '{{args.x}}'}, x-acept: 404, x-owner: me"
    assert behind(node) == [("unknown-key", "warning", "x-acept", 'did you mean "x-accept"?')]
    assert behind(node.replace("x-owner: me", "x-accept: 409")) == []


def test_words_of_an_args_schema() -> None:
    def found(schema: str) -> list[tuple[str, ...]]:
        return found_in(LIST.replace("args: {x: b}", f"args_schema: {schema}"))

    assert found("{x: {type: strng, requird: true, label: Who, format: webhookid}}") == [
        ("unknown-key", "warning", "strng", 'did you mean "string"?'),
        ("unknown-key", "warning", "requird", 'did you mean "required"?'),
        ("unknown-key", "warning", "webhookid", 'did you mean "webhook_id"?'),
    ]
    assert found("{x: {type: date, label: Who, requires: 1, required: false}}") == []
    assert found("{type: object, properties: {x: {type: strng}}}") == [
        ("args-schema", "error", "strng", 'did you mean "string"?')
    ]


def test_a_value_that_does_not_fit_is_named() -> None:
    text = LIST.replace("args: {x: b}", "args: {x: hihg}\nargs_schema: {x: {enum: [low, high], minLength: 5}}")
    messages = [(each.message, each.help) for each in prepare(text, environment={}).diagnostics]
    assert sorted(messages, reverse=True) == [
        ('x must be one of low, high, not the text "hihg"', 'did you mean "high"?'),
        ('x is the text "hihg", and does not fit minLength: 5', None),
    ]


def test_a_variable_is_not_needed_where_something_stands_in_its_place() -> None:
    text = LIST.replace(UUID, "${TRUTO_ACCOUNT_ID}").replace("x: b", "x: '${X}'")
    assert [each[0] for each in found_in(text)] == ["missing-variable", "missing-variable"]
    where = Origin("--arg x=1")
    given = Given({"x": "1"}, account=UUID, account_origin=Origin("--account"), origins={("x",): where})
    prepared = prepare(text, environment={}, given=given)
    assert not prepared.diagnostics
    assert prepared.loaded.definition is not None
    assert prepared.loaded.definition.payload["integrated_account_id"] == UUID


def test_an_account_that_is_empty_is_an_error() -> None:
    schema = "args_schema: {account: {type: string, format: integrated_account_id, required: true}}\n"
    node = "resources:\n  - {name: c, resource: crm/a, method: list, integrated_account_id: '{{args.account}}'}\n"
    given = Given({"account": ""}, origins={("account",): Origin("--arg account=")})
    (found,) = [
        each
        for each in prepare(JOB + schema + node, environment={}, given=given, jobs=True).diagnostics
        if each.code == "BC607"
    ]
    assert (found.severity.value, found.message) == (
        "error",
        "account is the id of an integrated account, and its value is empty (from --arg account=)",
    )


def test_a_dollar_before_a_placeholder_is_sent() -> None:
    text = LIST.replace("{x: '{{args.x}}'}", "{x: '${{args.x}}', y: '${args.x}', z: '$${{args.x}}'}")
    assert [each[3] for each in found_in(text)] == [
        "leave it out; if it is meant, write $${{args.x}}",
        "did you mean {{args.x}}?",
    ]


def test_typographic_quotes_around_a_placeholder() -> None:
    text = LIST.replace("'{{args.x}}'", "“{{args.x}}”")
    assert [(each[0], each[3]) for each in found_in(text)] == [
        ("unquoted-placeholder", 'write straight ones: "{{args.x}}"')
    ]


def test_a_state_is_its_value() -> None:
    text = f"{JOB}resources:\n  - {{name: since, type: get_state, config: {{key: last}}}}\n"
    text += "  - {name: c, resource: crm/a, method: list, depends_on: since, query: {a: '{{resources.since}}', "
    text += "b: '{{resources.since:json}}', c: '{{resources.since.value}}'}}\n"
    found = [each for each in found_in(text) if each[0] == "object-to-text"]
    assert found == [
        ("object-to-text", "warning", "{{resources.since}}", "the state is its value: {{resources.since.value}}")
    ]


def test_a_runtime_version_in_quotes_is_one_error() -> None:
    text = JOB.replace("4", "'4'") + "resources:\n  - {name: s, type: get_state, config: {key: a}}\n"
    assert [each[:3] for each in found_in(text)] == [("wrong-type", "error", "'4'")]
