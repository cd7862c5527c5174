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
