import pytest

from batchctl.plan.preview import make_preview
from batchctl.plan.unresolved import find_unresolved
from batchctl.preparation import prepare

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"


def found(text: str) -> list[tuple[str, str]]:
    plan = prepare(HEAD + text, tolerated=("undeclared-argument",)).require_plan()
    return [(each.key, each.text) for each in find_unresolved(plan)]


def test_each_placeholder_once_whatever_the_number_of_calls() -> None:
    text = """
args: {ids: [1, 2, 3]}
resources:
  - {name: a, resource: crm/a, method: list, loop_on: args.ids, query: {i: "{{args.ids}}", t: "{{args.team}}"}}
"""
    assert found(text) == [("a", "{{args.team}}")]


def test_an_element_that_lacks_what_others_have() -> None:
    text = """
args: {people: [{id: u1, name: x}, {id: u2}]}
resources:
  - name: a
    resource: crm/a
    method: get
    loop_on: args.people
    id: "{{args.people.id}}"
    query: {n: "{{args.people.name}}"}
"""
    assert found(text) == [("a", "{{args.people.name}}")]


def test_what_records_may_give_is_for_the_run_to_decide() -> None:
    text = """
resources:
  - {name: a, resource: crm/a, method: list}
  - {name: b, resource: crm/b, method: get, depends_on: a, id: "{{resources.crm.a.owner | args.owner}}"}
"""
    assert found(text) == []


def test_a_loop_over_nothing_makes_no_call_that_could_lack_a_value() -> None:
    text = (
        "args: {ids: []}\nresources: [{resource: crm/a, method: list, loop_on: args.ids, query: {t: '{{args.team}}'}}]"
    )
    assert found(text) == []


def test_a_file_is_complete_only_if_records_decide_nothing() -> None:
    text = """
resources:
  - {name: a, resource: crm/a, method: list}
  - {name: b, resource: crm/b, method: list, depends_on: a}
"""
    preview = make_preview(prepare(HEAD + text).require_plan())
    assert preview.complete
    text += "  - {name: c, resource: crm/c, method: get, depends_on: a, id: '{{resources.crm.a.id}}'}\n"
    assert not make_preview(prepare(HEAD + text).require_plan()).complete


def test_a_recursion_is_looked_at_too() -> None:
    text = """
resources:
  - name: a
    resource: crm/a
    method: list
    recurse:
      if: "{{args.deep}}"
      config: {query: {parent: "{{resources.crm.a.id}}", team: "{{args.team}}"}}
"""
    plan = prepare(HEAD + text, tolerated=("undeclared-argument",)).require_plan()
    assert [(each.path, each.text) for each in find_unresolved(plan)] == [
        (("resources", 0, "recurse", "config", "query", "team"), "{{args.team}}"),
        (("resources", 0, "recurse", "if"), "{{args.deep}}"),
    ]


@pytest.mark.parametrize(
    ("args", "placeholder", "message"),
    [
        ("{ids: [a, b]}", "{{args.ids.5}}", 'args.ids is a list of 2 elements, without "5"'),
        ("{ids: [a]}", "{{args.ids.name}}", 'args.ids is a list of 1 element, without "name"'),
        ("{ids: [a]}", "{{args.ids.0}}", None),
        ("{ids: null}", "{{args.ids.a}}", 'args.ids is null, without "a"'),
        ("{user: {name: x}}", "{{args.user.nme}}", 'args.user has no "nme"'),
        ("{user: {name: x}}", "{{args.user.nme|args.user.name}}", None),
        ("{user: {name: x}}", "{{args.user.nme?:x}}", None),
    ],
)
def test_a_check_and_a_run_give_one_answer(args: str, placeholder: str, message: str | None) -> None:
    text = f"{HEAD}args: {args}\nresources: [{{resource: crm/a, method: list, query: {{q: '{placeholder}'}}}}]\n"
    checked = [each for each in prepare(text).diagnostics if each.rule == "undeclared-argument"]
    assert [each.message.split(";")[0] for each in checked] == ([message] if message else [])
    plan = prepare(text, tolerated=("undeclared-argument",)).require_plan()
    assert [each.text for each in find_unresolved(plan)] == ([placeholder] if message else [])


def test_one_element_without_a_value_is_enough_for_the_check() -> None:
    text = HEAD + (
        "args: {people: [{id: u1, name: x}, {id: u2}]}\n"
        "resources: [{resource: crm/a, method: get, loop_on: args.people,"
        " id: '{{args.people.id}}', query: {n: '{{args.people.name}}'}}]\n"
    )
    (found,) = [each for each in prepare(text).diagnostics if each.rule == "undeclared-argument"]
    assert found.message.startswith('args.people has no "name"')
