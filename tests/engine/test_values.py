"""What a call may hold: nothing is sent literally, no id is rounded unnoticed, every event knows its call."""

import asyncio
from typing import Any

import pytest

from batchctl.engine.backends.base import Backend, Reply
from batchctl.engine.backends.retrying import RetryingBackend
from batchctl.engine.executor import execute
from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, RunResult, Succeeded
from batchctl.expression import compile_expression
from batchctl.json_types import JsonValue
from batchctl.preparation import prepare
from batchctl.render.notices import remark_line
from batchctl.truto.backoff import Backoff
from batchctl.truto.calls import Call
from batchctl.truto.retry import RetryLoop

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"


class Tables:
    """Answers a list with the records of its resource, everything else with its id."""

    def __init__(self, **tables: list[JsonValue]) -> None:
        self.calls: list[Call] = []
        self._tables = tables

    async def send(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.method == "list":
            return Reply(200, {"result": list(self._tables.get(call.resource, [])), "next_cursor": None})
        return Reply(200, {"id": call.id, "body": call.body})

    async def aclose(self) -> None:
        """Nothing to close."""


def run(text: str, backend: Backend, **options: Any) -> RunResult:
    plan = prepare(HEAD + text).require_plan()
    return asyncio.run(execute(plan, backend, options=RunOptions(**options)))


PARENTS: list[JsonValue] = [{"id": "p1", "owner": "u1"}, {"id": "p2"}, {"id": "p3", "owner": "u3"}]
CREATE = """
resources:
  - {resource: parents, method: list, persist: true}
  - {resource: notes, method: create, persist: true, depends_on: parents, body: {owner: "{{resources.parents.owner}}"}}
"""


def test_a_call_without_a_value_is_not_made() -> None:
    backend = Tables(parents=PARENTS)
    outcome = run(CREATE, backend).outcomes["notes"]
    assert [call.body for call in backend.calls if call.is_write] == [{"owner": "u1"}, {"owner": "u3"}]
    assert isinstance(outcome, Failed)
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert entry["origin"] == "definition"
    assert entry["placeholders"] == ["{{resources.parents.owner}}"]
    assert entry["for"] == {"parents": "p2"}


def test_allowed_it_is_sent_literally_and_counted() -> None:
    backend = Tables(parents=PARENTS)
    result = run(CREATE, backend, allow_unresolved=True)
    assert isinstance(result.outcomes["notes"], Succeeded)
    assert {"owner": "{{resources.parents.owner}}"} in [call.body for call in backend.calls]
    (remark,) = result.remarks
    assert (remark.key, remark.kind, remark.count) == ("notes", "sent-literally", 1)


@pytest.mark.parametrize("escape", ["?:nobody", ":null", ":undefined"])
def test_a_placeholder_that_says_what_happens_without_a_value_is_sent(escape: str) -> None:
    backend = Tables(parents=PARENTS)
    assert run(CREATE.replace("owner}}", f"owner{escape}}}}}"), backend).ok
    assert len(backend.calls) == 4


def test_text_in_a_record_that_looks_like_a_placeholder_is_sent() -> None:
    backend = Tables(parents=[{"id": "p1", "owner": "{{args.x}}"}])
    assert run(CREATE, backend).ok


def test_a_repeated_call_without_a_value_is_not_made() -> None:
    text = """
resources:
  - resource: blocks
    method: list
    persist: true
    recurse: {if: "{{resources.blocks.more:bool}}", config: {query: {parent: "{{resources.blocks.key}}"}}}
"""
    backend = Tables(blocks=[{"id": "b1", "more": True}])
    outcome = run(text, backend).outcomes["blocks"]
    assert isinstance(outcome, Failed)
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert (entry["placeholders"], entry["for"]) == (["{{resources.blocks.key}}"], {"blocks": "b1"})
    assert len(backend.calls) == 1


def test_of_a_loop_only_the_element_without_a_value_makes_no_call() -> None:
    text = """
args: {people: [{id: u1}, {name: nobody}, {id: u3}]}
resources: [{resource: crm/users, method: get, loop_on: args.people, id: "{{args.people.id}}"}]
"""
    backend = Tables()
    plan = prepare(HEAD + text, tolerated=("undeclared-argument",)).plan
    assert plan is not None
    result = asyncio.run(execute(plan, backend))
    assert [call.id for call in backend.calls] == ["u1", "u3"]
    assert result.failed == ("crm/users",)


def test_an_id_that_javascript_rounds_is_reported() -> None:
    text = """
resources:
  - {resource: b, method: list, persist: true}
  - {resource: c, method: list, persist: true, depends_on: b, query: {i: "{{resources.b.id}}"}}
"""
    backend = Tables(b=[{"id": 3930699983915558803}, {"id": 9007199254740992}, {"id": 12}], c=[])
    result = run(text, backend)
    assert result.ok
    (remark,) = result.remarks
    assert remark.kind == "rounded-number"
    assert remark.count == 1
    assert "3930699983915558803" in remark.sentence
    assert "3930699983915559000" in remark.sentence


def test_of_equal_calls_the_one_that_was_retried_is_reported() -> None:
    class Once(Tables):
        async def send(self, call: Call) -> Reply:
            first = not self.calls
            self.calls.append(call)
            await asyncio.sleep(0)
            return Reply(502, None) if first else Reply(200, {"result": [], "next_cursor": None})

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    text = """
args: {n: [1, 1, 1]}
resources: [{resource: crm/notes, method: list, loop_on: args.n, query: {n: "{{args.n}}"}}]
"""
    seen = Timeline()
    backend = RetryingBackend(Once(), RetryLoop(Backoff(2), at_once), tell=seen)
    asyncio.run(execute(prepare(HEAD + text).require_plan(), backend, observer=seen))
    assert [(call.serial, len(call.retries)) for call in seen.calls] == [(1, 1), (2, 0), (3, 0)]


# How the expression comes to the spool's records: as those that it gets page by page, or as a list that it reads later.
@pytest.mark.parametrize("after", ["all", "one"])
def test_a_spool_over_many_records_that_are_not_kept_hands_on_all(after: str) -> None:
    text = f"""
resources:
  - {{name: rows, resource: rows, method: list}}
  - {{name: all, type: spool, depends_on: rows}}
  - {{name: one, resource: one, method: list, depends_on: all, persist: true}}
  - {{name: many, type: transform, persist: true, depends_on: {after}, config: {{expression: "$count(resources.all)"}}}}
"""
    rows: list[JsonValue] = [{"id": str(number)} for number in range(60)]
    outcome = run(text, Tables(rows=rows, one=[{"id": "1"}])).outcomes["many"]
    assert isinstance(outcome, Succeeded)
    assert list(outcome.records) == [60]


def test_a_loop_through_the_index_of_a_list() -> None:
    text = """
args: {groups: [{ids: [a, b]}]}
resources: [{resource: crm/users, method: get, loop_on: args.groups.0.ids, id: "{{args.groups.0.ids}}"}]
"""
    backend = Tables()
    assert run(text, backend).ok
    assert [call.id for call in backend.calls] == ["a", "b"]


def test_of_two_lists_at_one_address_expressions_see_the_nearer() -> None:
    text = """
resources:
  - {name: far, resource: rows, method: list, query: {n: 1}}
  - {name: far-all, type: spool, depends_on: far}
  - {name: near, resource: rows, method: list, depends_on: far-all, query: {n: 2}}
  - {name: near-all, type: spool, depends_on: near}
  - {name: sum, type: transform, persist: true, depends_on: near-all, config: {expression: "resources.rows.n"}}
"""

    class Numbered(Tables):
        async def send(self, call: Call) -> Reply:
            return Reply(200, {"result": [{"id": "x", "n": call.query["n"]}], "next_cursor": None})

    outcome = run(text, Numbered()).outcomes["sum"]
    assert isinstance(outcome, Succeeded)
    assert list(outcome.records) == [2]


@pytest.mark.parametrize(("after", "seen"), [("[b, c]", "b"), ("[c, b]", "c"), ("[d, c]", "d"), ("[c, d]", "c")])
def test_a_list_that_was_not_fetched_for_a_record_does_not_take_its_place(after: str, seen: str) -> None:
    """All are at ``resources.rows``; the request runs for each record of the first, and the second is beside it."""
    text = f"""
resources:
  - {{name: a, resource: rows, method: list, query: {{n: a}}}}
  - {{name: b, resource: rows, method: list, depends_on: a, query: {{n: b, for: "{{{{resources.rows.id}}}}"}}}}
  - {{name: c, resource: rows, method: list, depends_on: a, query: {{n: c, for: "{{{{resources.rows.id}}}}"}}}}
  - {{name: d, resource: rows, method: list, depends_on: b, query: {{n: d, for: "{{{{resources.rows.id}}}}"}}}}
  - name: last
    resource: last
    method: search
    depends_on: {after}
    id: "{{{{resources.rows.id}}}}"
    body: '{{"seen": resources.rows.n, "records": $count(resources.rows)}}'
"""
    calls: list[Call] = []

    class Numbered(Tables):
        async def send(self, call: Call) -> Reply:
            if call.resource == "last":
                calls.append(call)
                return Reply(200, {"result": []})
            return Reply(200, {"result": [{"id": "x", "n": call.query["n"]}, {"id": "y", "n": call.query["n"]}]})

    assert run(text, Numbered()).ok
    assert calls
    assert all(call.body == {"seen": seen, "records": 1} for call in calls)


def test_the_account_s_own_names_are_roots_in_placeholders_and_loops() -> None:
    text = """
resources:
  - {resource: crm/files, method: list, loop_on: drives, query: {drive: "{{drives.id}}", tenant: "{{tenant_id}}"}}
"""
    backend = Tables()
    account: JsonValue = [{"id": "d1"}, {"id": "d2"}]
    plan = prepare(HEAD + text, tolerated=("loop-not-array", "undeclared-argument")).require_plan()
    options = RunOptions(account={"drives": account, "tenant_id": "t1"})
    assert asyncio.run(execute(plan, backend, options=options)).ok
    assert [call.query for call in backend.calls] == [{"drive": "d1", "tenant": "t1"}, {"drive": "d2", "tenant": "t1"}]


BIG = 3930699983915558803


@pytest.mark.parametrize(
    ("placeholder", "owner", "is_reported"),
    [
        ("{{resources.rows.owner:any}}", {"id": BIG}, True),
        ("{{resources.rows.owner:json}}", {"a": [{"id": BIG}]}, True),
        ("{{resources.rows.owner:json}}", [1, [BIG]], True),
        ("{{resources.rows.owner:json}}", '{"id": 3930699983915558803}', True),
        ("{{resources.rows.owner:int}}", str(BIG), True),
        ("{{resources.rows.owner:num}}", str(BIG), True),
        ("to {{resources.rows.owner}}", BIG, True),
        ("{{resources.rows.owner}}", str(BIG), False),
        ("{{resources.rows.owner:any}}", {"id": str(BIG)}, False),
        ("{{resources.rows.owner:json}}", {"id": 2**60}, False),
        ("{{resources.rows.owner:json}}", '{"id": "3930699983915558803"}', False),
        ("{{resources.rows.owner:json}}", "[3930699983915558803", False),
        ("{{resources.rows.owner:int}}", "3930699983915558803x", False),
    ],
)
def test_an_id_is_found_at_any_depth_and_in_texts_that_become_numbers(
    placeholder: str, owner: JsonValue, is_reported: bool
) -> None:
    text = f"""
resources:
  - {{resource: rows, method: list}}
  - {{resource: notes, method: create, depends_on: rows, body: {{owner: "{placeholder}"}}}}
"""
    result = run(text, Tables(rows=[{"id": "r", "owner": owner}]))
    assert [remark.kind for remark in result.remarks] == ["rounded-number"] * is_reported


@pytest.mark.parametrize(
    ("placeholder", "owner", "is_reported"),
    [
        ("{{resources.rows.owner}}", {"a": 1}, True),
        ("{{resources.rows.owner}}", [{"a": 1}, {"b": 2}], True),
        ("by {{resources.rows.owner:json}}", {"a": 1}, True),
        ("by {{resources.rows.owner}}", [[{}]], True),
        ("{{resources.rows.owner:any}}", {"a": 1}, False),
        ("{{resources.rows.owner:json}}", {"a": 1}, False),
        ("{{resources.rows.owner.a}}", {"a": 1}, False),
        ("{{resources.rows.owner}}", ["a", "b"], False),
        ("{{resources.rows.owner}}", "[object Object], says a record", False),
    ],
)
def test_an_object_that_is_sent_as_text_is_reported(placeholder: str, owner: JsonValue, is_reported: bool) -> None:
    text = f"""
resources:
  - {{resource: rows, method: list}}
  - {{resource: notes, method: create, depends_on: rows, body: {{owner: "{placeholder}"}}}}
"""
    result = run(text, Tables(rows=[{"id": "r", "owner": owner}, {"id": "s", "owner": owner}]))
    assert [(each.key, each.kind, each.count) for each in result.remarks] == [("notes", "became-text", 2)] * is_reported
    assert all("is an object, and is sent as [object Object] (2 calls)" in remark_line(each) for each in result.remarks)


@pytest.mark.parametrize(
    ("placeholder", "owner", "known"),
    [
        ("{{resources.rows.owner:int}}", "abc", "numbers"),
        ("{{resources.rows.owner:int}}", "", "numbers"),
        ("{{resources.rows.owner:int}}", True, "numbers"),
        ("{{resources.rows.owner:int}}", {"a": 1}, "numbers"),
        ("{{resources.rows.owner:num}}", "abc", "numbers"),
        ("{{resources.rows.owner:bool}}", "yes", "true and false"),
        ("{{resources.rows.owner:bool}}", 1, "true and false"),
        ("{{resources.rows.owner:int}}", "12", None),
        ("{{resources.rows.owner:int}}", 1.5, None),
        ("{{resources.rows.owner:int}}", None, None),
        ("{{resources.rows.owner:num}}", "1e3", None),
        ("{{resources.rows.owner:bool}}", "true", None),
        ("{{resources.rows.none:int?:abc}}", "1", None),
        ("{{resources.rows.owner:any}}", "abc", None),
        ("size {{resources.rows.owner:int}}", "abc", None),
    ],
)
def test_a_type_that_does_not_convert_its_value_is_reported(
    placeholder: str, owner: JsonValue, known: str | None
) -> None:
    text = f"""
resources:
  - {{resource: rows, method: list}}
  - {{resource: notes, method: create, depends_on: rows, body: {{owner: "{placeholder}"}}}}
"""
    result = run(text, Tables(rows=[{"id": "r", "owner": owner}, {"id": "s", "owner": owner}]))
    found = [(each.key, each.kind, each.count) for each in result.remarks]
    assert found == [("notes", "unconverted-value", 2)] * (known is not None)
    said = f"notes: {placeholder} converts only {known}, and sends the value as it is (2 calls)"
    assert [remark_line(each) for each in result.remarks] == [said] * (known is not None)


TRANSFORM = """\
args: {zone: Asia/Tokyo}
resources:
  - {resource: notes, method: list}
  - name: made
    type: %s
    depends_on: notes
    persist: true
    config:
      expression: "{'at': $dtFromIso(resources.notes[0].at, args.zone).toISO()}"
"""


@pytest.mark.parametrize("kind", ["transform", "add_context"])
@pytest.mark.parametrize(("at", "is_reported"), [("2026-01-31T10:00", True), ("2026-01-31T10:00Z", False)])
def test_records_show_what_an_expression_does(kind: str, at: str, is_reported: bool) -> None:
    result = run(TRANSFORM.replace("%s", kind), Tables(notes=[{"at": at}, {"at": at}]))
    assert [(remark.key, remark.kind) for remark in result.remarks] == [("made", "works-otherwise")] * is_reported
    said = [remark_line(remark) for remark in result.remarks]
    assert all("made: $dtFromIso(" in line and "is read in UTC" in line for line in said)


def test_an_expression_is_compiled_once_for_all_pages() -> None:
    text = TRANSFORM.replace("%s", "transform").replace("{'at'", "{'compiled': 'once', 'at'")
    compiled = compile_expression.cache_info().misses
    for _ in range(2):
        result = run(text, Tables(notes=[{"at": "2026-01-31T10:00Z"}] * 300))
        assert isinstance(result.outcomes["made"], Succeeded)
    assert compile_expression.cache_info().misses == compiled + 1


ADDED = """
resources:
  - {resource: parents, method: list}
  - {name: all, type: spool, depends_on: parents}
  - {name: run, type: add_context, config: {expression: '{"n": 1, "same": "run"}'}}
  - name: one
    type: add_context
    depends_on: parents
    config: {expression: '{"who": resources.parents.owner, "same": "one", "n": resources.run.n + 1}'}
    run_if: resources.parents.id != "p3"
  - {name: whole, type: add_context, depends_on: all, config: {expression: '{"count": $count(resources.all)}'}}
"""


def sent(nodes: str, **options: Any) -> list[dict[str, JsonValue]]:
    """The queries of the calls to ``notes``."""
    backend = Tables(parents=PARENTS)
    run(ADDED + nodes, backend, **options)
    return [call.query for call in backend.calls if call.resource == "notes"]


@pytest.mark.parametrize("explain", [False, True])
def test_what_an_add_context_made_is_read_by_its_name(explain: bool) -> None:
    """Each its own, also where the nearest one has the name; nothing where it did nothing."""
    query = (
        '{a: "{{resources.one.same?:none}}", b: "{{resources.run.same}}", c: "{{same}}", n: "{{resources.one.n?:0}}"}'
    )
    nodes = f"  - {{resource: notes, method: list, depends_on: parents, query: {query}}}\n"
    assert sent(nodes, explain=explain) == [
        {"a": "one", "b": "run", "c": "one", "n": "2"},
        {"a": "one", "b": "run", "c": "one", "n": "2"},
        {"a": "none", "b": "run", "c": "run", "n": "0"},
    ]


def test_it_is_an_object() -> None:
    query = '\'{"is": $type(resources.whole), "keys": $keys(resources.run), "count": resources.whole.count}\''
    nodes = f"  - {{resource: notes, method: list, depends_on: all, query: {query}}}\n"
    assert sent(nodes) == [{"is": "object", "keys": ["n", "same"], "count": 3}]


def test_a_loop_over_a_list_in_it() -> None:
    """Per record that it was made for, each element at the loop's path."""
    made = (
        "  - {name: tags, type: add_context, depends_on: parents,"
        ' config: {expression: \'{"ids": [resources.parents.id, "x"]}\'}}\n'
    )
    loop = 'loop_on: resources.tags.ids, query: {id: "{{resources.tags.ids}}"}'
    nodes = f"{made}  - {{resource: notes, method: list, depends_on: parents, {loop}}}\n"
    assert [query["id"] for query in sent(nodes)] == ["p1", "x", "p2", "x", "p3", "x"]


def test_records_below_its_name_are_read_alone() -> None:
    """Whether or not there are any: which of them is meant does not depend on data."""
    text = """
resources:
  - {resource: parents, method: list, persist: true}
  - {name: crm, type: add_context, config: {expression: '{"all": 1, "own": 2}'}}
  - {name: some, resource: crm/notes, method: list, depends_on: parents}
  - name: seen
    type: transform
    persist: true
    depends_on: some
    config: {expression: '{"keys": $keys(resources.crm), "own": own}'}
"""
    tables: dict[str, list[JsonValue]] = {"parents": PARENTS, "crm/notes": [{"id": "1"}]}
    result: Any = run(text, Tables(**tables)).body()["result"]
    assert result["seen"] == [{"keys": "notes", "own": 2}]
