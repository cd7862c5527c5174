"""What the service takes though it looks odd, and what it does not take though it looks right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.definition.fixing import fix
from batchctl.definition.given import Given
from batchctl.diagnostics import Severity
from batchctl.expression.pitfalls import PITFALLS, Pitfall
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

ACCOUNT = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
LIST = (
    ACCOUNT + "args: {x: [a], y: b}\nresources:\n"
    "  - {resource: crm/a, method: list, query: {x: '{{args.x:json}}', y: '{{args.y}}'"
)


def found_in(text: str) -> list[tuple[str, str]]:
    return [(each.rule, each.severity.value) for each in prepare(text, environment={}).diagnostics]


def in_query(text: str) -> list[tuple[str, str]]:
    return found_in(f"{LIST}, q: {text}}}}}\n")


def in_expression(text: str) -> list[tuple[str, str]]:
    return found_in(f"{LIST}}}}}\n{transform(text)}")


def transform(text: str) -> str:
    block = "\n".join(f"        {line}" for line in text.split("\n"))
    head = "  - name: t\n    type: transform\n    depends_on: crm/a\n    persist: true\n"
    return f"{head}    config:\n      expression: |\n{block}\n"


def corrected(text: str) -> str:
    prepared = prepare(text, environment={})
    return fix(prepared.source, prepared.diagnostics).text


UNKNOWN = ("unknown-root", "warning")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'{{tenant_id}}'", []),
        ("'{{mailboxes:json}}'", [UNKNOWN]),
        ("'{{mailboxes?:none}}'", []),
        ("'{{exp: args.x + 1}}'", [("not-a-placeholder", "error")]),
        ("'{{exp: args.x}}'", [("unknown-cast", "error")]),
        ("'{{exp:int}}'", [UNKNOWN]),
        ("'{ { args.y } }'", [("not-a-placeholder", "error")]),
        ("'{{ args.y x }}'", [("blank-in-path", "warning")]),
        ("'{{ args.y | args.x }}'", []),
    ],
)
def test_placeholders(text: str, expected: list[tuple[str, str]]) -> None:
    assert in_query(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resources.crm.a[name = 'x'].{'a': b}", []),
        ("tenant_id", []),
        ("true and args.x = null", []),
        ("category", [UNKNOWN]),
        ("$exists(category)", [UNKNOWN]),
        ("arg.x", [UNKNOWN]),
        ("resources.crm.a ~> |$|{'b': price}|", []),
        ("( $a := 1; $a )", []),
        ("function($v){ $v.name }", []),
        ("// a note\n1", [("expression-syntax", "error")]),
        ("resources.crm.a # a note", [("expression-syntax", "error")]),
    ],
)
def test_expressions(text: str, expected: list[tuple[str, str]]) -> None:
    assert in_expression(text) == expected


# An amount is only a pitfall where it is counted with.
COUNTED = {"amount-is-text": '$convertCurrencyFromSubunit(1050, "USD") + 1'}


@pytest.mark.parametrize("pitfall", PITFALLS.values(), ids=lambda pitfall: pitfall.name)
def test_every_pitfall_of_expressions_is_reported(pitfall: Pitfall) -> None:
    example = COUNTED.get(pitfall.name, pitfall.example)
    found = prepare(f"{LIST}}}}}\n{transform(example)}", environment={}).diagnostics
    assert pitfall.message.rstrip(".") in [each.message for each in found if each.rule == "works-otherwise"]


def test_comments_of_other_languages_get_advice() -> None:
    for text, sign in (("1 // one", "//"), ("1 # one", "#")):
        node = f"  - {{name: t, type: transform, depends_on: crm/a, persist: true, config: {{expression: '{text}'}}}}\n"
        (found,) = prepare(LIST + "}}\n" + node, environment={}).diagnostics
        assert found.help == f"if {sign} begins a comment: JSONata writes /* … */"
    (found,) = prepare(LIST + "}}\n" + node.replace("1 # one", '"# no comment" +'), environment={}).diagnostics
    assert "comment" not in (found.help or "")


def test_an_add_context_brings_names_to_its_siblings() -> None:
    added = "  - {name: c, type: add_context, depends_on: crm/a, config: {expression: '{\"k\": 1}'}}\n"
    sibling = "  - {resource: crm/b, method: list, depends_on: crm/a, query: {k: '{{k}}'}}\n"
    other = "  - {resource: crm/c, method: list, query: {k: '{{k}}'}}\n"
    assert found_in(LIST + "}}\n" + added + sibling) == []
    assert found_in(LIST + "}}\n" + added + other) == [UNKNOWN]


@pytest.mark.parametrize(
    ("loop_on", "read", "expected"),
    [
        ("drive_items", "{{drive_items.id}}", [UNKNOWN]),
        ("'{{drive_items}}'", "{{drive_items.id}}", [UNKNOWN]),
        ("x", "{{args.x}}", []),
        ("args.z", "{{args.z}}", [("loop-not-array", "error")]),
    ],
)
def test_loops_over_the_accounts_context(loop_on: str, read: str, expected: list[tuple[str, str]]) -> None:
    text = f"  - {{resource: items, method: get, persist: true, loop_on: {loop_on}, id: '{read}'}}\n"
    assert found_in(LIST + "}}\n" + text) == expected


@pytest.mark.parametrize(
    ("method", "severity"), [("get", "error"), ("update, body: {a: 1}", "info"), ("delete", "info")]
)
def test_an_update_may_do_without_an_id(method: str, severity: str) -> None:
    prepared = prepare(f"{ACCOUNT}resources:\n  - {{resource: crm/a, method: {method}}}\n", environment={})
    assert [(each.rule, each.severity.value) for each in prepared.diagnostics] == [("missing-id", severity)]


def test_an_empty_id_is_an_error_for_all() -> None:
    for method in ("get", "delete"):
        text = f"{ACCOUNT}resources:\n  - {{resource: crm/a, method: {method}, id: ''}}\n"
        assert found_in(text) == [("missing-id", "error")]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("..", "error"),
        ("./x", "error"),
        ("crm/..", "error"),
        ("a%2Fb", "error"),
        ("crm\\a", "error"),
        ("/proxy/contacts", "error"),
        ("unified/crm/contacts", "error"),
        ("proxy/contacts", "info"),
        ("unified/contacts", "info"),
        ("..a/b.c", None),
        ("block-children", None),
    ],
)
def test_resources(resource: str, expected: str | None) -> None:
    text = f"{ACCOUNT}resources:\n  - {{resource: '{resource}', method: list, persist: true}}\n"
    assert found_in(text) == ([("malformed-resource", expected)] if expected else [])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("search/x", [("malformed-method", "warning")]),
        ("get all", [("malformed-method", "warning")]),
        ("..", [("malformed-method", "warning")]),
        ("search-all", []),
        ("' list'", [("unknown-method", "warning")]),
    ],
)
def test_methods(method: str, expected: list[tuple[str, str]]) -> None:
    assert found_in(f"{ACCOUNT}resources:\n  - {{resource: crm/a, method: {method}}}\n") == expected


def test_a_filter_between_a_list_and_a_request_is_read() -> None:
    text = (
        ACCOUNT + "resources:\n"
        "  - {resource: tickets, method: list}\n"
        "  - {name: open, type: transform, depends_on: tickets, config: {expression: 'resources.tickets[open]'}}\n"
        "  - {resource: notes, method: list, persist: true, depends_on: open, query: {t: '{{resources.tickets.id}}'}}\n"
    )
    assert found_in(text) == []
    assert found_in(text[: text.index("  - {resource: notes")]) == [("proxy-not-persisted", "warning")]


def test_debug_is_a_key_of_every_node() -> None:
    nodes = (
        "  - {resource: crm/a, method: list, debug: true}\n"
        "  - {name: s, type: spool, depends_on: crm/a, debug: true}\n"
        "  - {name: t, type: transform, depends_on: s, persist: true, debug: true, config: {expression: '1'}}\n"
        "  - {name: c, type: add_context, depends_on: s, debug: true, config: {expression: '{}'}}\n"
    )
    assert found_in(f"{ACCOUNT}resources:\n{nodes}") == []


def test_what_a_formatter_makes_of_a_placeholder() -> None:
    text = f"{ACCOUNT}args: {{y: b}}\nresources:\n  - resource: crm/a\n    method: get\n    id: {{ {{ args.y }} }}\n"
    found = prepare(text, environment={}).diagnostics
    assert [(each.rule, each.severity) for each in found] == [("unquoted-placeholder", Severity.ERROR)]
    fixed = corrected(text)
    assert 'id: "{{ args.y }}"\n' in fixed
    assert found_in(fixed) == []
    nested = text.replace("method: get", "method: custom")
    nested = nested.replace("id: {", "body: {a: {").replace("} }\n", "} }, b: 1}\n")
    fixed = corrected(nested)
    assert 'body: {a: "{{ args.y }}", b: 1}' in fixed


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("curl -X POST https://api.truto.one/batch-request -d '{}'\n", "a curl command"),
        ("# copied\n$ curl \\\n  --location 'https://api.truto.one'\n", "a curl command"),
        ("POST https://api.truto.one/batch-request\n", "an HTTP request"),
    ],
)
def test_other_files_are_recognised(text: str, what: str) -> None:
    prepared = prepare(text, environment={})
    (found,) = prepared.diagnostics
    assert found.rule == "not-a-batch"
    assert f"this is {what}, not a batch" in found.message
    assert prepared.plan is None


@pytest.mark.parametrize(
    "text",
    [
        "kind: sync-job\nresources: []\n",
        "resources:\n  - {name: a, type: event, config: {name: start}}\n",
        "integration_name: notion\nresources:\n  - {name: a, type: destination}\n",
    ],
)
def test_a_sync_job_is_no_batch_and_has_problems_of_its_own_kind(text: str) -> None:
    prepared = prepare(text, environment={})
    assert prepared.plan is None
    assert "missing-key" not in {each.rule for each in prepared.diagnostics if "integrated_account_id" in each.message}


def test_a_batch_about_curl_is_a_batch() -> None:
    assert found_in(f"curl: 1\n{ACCOUNT}resources: []\n")[0][0] != "not-a-batch"


@pytest.mark.parametrize(("order", "expected"), [("DESC", [("works-otherwise", "warning")]), ("desc", [])])
def test_an_argument_shows_what_an_expression_does(order: str, expected: list[tuple[str, str]]) -> None:
    text = transform("$orderBy(resources.crm.a, 'at', args.order)")
    head = LIST.replace("y: b}", f"y: b, order: {order}}}", 1)
    assert found_in(f"{head}}}}}\n{text}") == expected


@pytest.mark.parametrize(("at", "expected"), [("2026-01-31T10:00", 1), ("2026-01-31T10:00Z", 0)])
def test_a_record_of_the_fixtures_shows_what_an_expression_does(at: str, expected: int) -> None:
    asked = []

    def samples(folder: str, resource: str) -> list[JsonValue]:
        asked.append((folder, resource))
        return [{"at": at}]

    dated = transform("resources.crm.a.$dtFromIso(at, 'Asia/Tokyo')")
    text = f"{LIST}}}}}\n{dated}fixtures: records\n"
    found = prepare(text, environment={}, given=Given(samples=samples)).diagnostics
    assert [each.rule for each in found] == ["works-otherwise"] * expected
    assert set(asked) == {("records", "crm/a")}
    # Where no value can show anything no record is read.
    asked.clear()
    plain = transform("resources.crm.a.at")
    assert prepare(f"{LIST}}}}}\n{plain}", environment={}, given=Given(samples=samples))
    assert not asked
