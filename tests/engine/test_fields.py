"""Which field of a resource an error is about, and the line that it leads to."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from batchctl.diagnostics.diagnostic import json_path, path_of
from batchctl.engine.backends.base import Reply
from batchctl.engine.executor import execute
from batchctl.engine.fields import field_of
from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.outlets import Delivery, Settled
from batchctl.engine.result import Failed, RunResult
from batchctl.errors import CallRefused, NotSent, TemplateError
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.report.html import report_html
from batchctl.render.report.job_summary import job_summary
from batchctl.render.report.json import Report, report_json
from batchctl.render.report.junit import report_junit
from batchctl.render.result.places import line_of
from batchctl.render.result.tree import RunView, run_tree, summary_view
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan

HEAD = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: rows, resource: m/rows, method: list}
  - name: it
    depends_on: rows
"""
ROWS: list[JsonValue] = [{"id": "1", "tags": "none", "more": True}]


class Records:
    """Every call is answered with the same records; a call with a path that leads elsewhere is not sent."""

    async def send(self, call: Call) -> Reply:
        if call.id in ("", ".."):
            raise NotSent("the id is empty")
        return Reply(200, ROWS[0] if call.method == "get" else {"result": ROWS, "next_cursor": None})

    async def aclose(self) -> None:
        """Nothing to close."""


def ran(node: str) -> tuple[RunResult, Plan]:
    plan = prepare(HEAD + "".join(f"    {line}\n" for line in node.split("\n"))).require_plan()
    return asyncio.run(execute(plan, Records(), observer=lambda _event: None, clock=lambda: 0.0)), plan


LOST = [
    ("resource: m/notes\nmethod: list\nquery:\n  a: 1\n  b: ['x', '{{resources.m.rows.owner}}']", "query.b[1]", 10),
    ("resource: m/notes\nmethod: get\nid: '{{resources.m.rows.owner}}'", "id", 8),
    ("resource: m/notes\nmethod: get\nid: '{{resources.m.rows.owner?:}}'", "id", 8),
    ("resource: m/notes\nmethod: create\nbody:\n  a b: '{{resources.m.rows.owner}}'", 'body["a b"]', 9),
    ("resource: m/notes\nmethod: list\nloop_on: resources.m.rows.tags", "loop_on", 8),
    ("resource: m/notes\nmethod: list\nquery: '$number(\"x\")'", "query", 8),
    ("resource: m/notes\nmethod: create\nbody: '1 + 1'", "body", 8),
    ("resource: m/notes\nmethod: list\nrun_if: '$number(\"x\")'", "run_if", 8),
    ("type: transform\nconfig:\n  expression: '$number(\"x\")'", "config.expression", 8),
    ("type: add_context\nconfig:\n  expression: '$number(\"x\")'", "config.expression", 8),
    ("type: add_context\nconfig:\n  expression: '1'", "config.expression", 8),
    (
        (
            "resource: m/notes\nmethod: list\nrecurse:\n  if: '{{resources.m.notes.more:bool}}'\n  config:\n"
            "    query:\n      page: '{{resources.m.notes.next}}'"
        ),
        "recurse.config.query.page",
        12,
    ),
]


@pytest.mark.parametrize(("node", "field", "line"), LOST, ids=[f"{field} {n}" for n, (_, field, _l) in enumerate(LOST)])
def test_an_error_names_its_field_and_stands_on_its_line(node: str, field: str, line: int) -> None:
    result, plan = ran(node)
    outcome = result.outcomes["it"]
    assert isinstance(outcome, Failed)
    entry = outcome.errors[0]
    assert isinstance(entry, dict)
    assert entry["field"] == field
    assert line_of("it", plan, field) == line


JOB = """\
default_runtime_version: 4
resources:
  - {name: rows, type: request, resource: m/rows, method: list}
  - name: it
    depends_on: rows
"""
WEBHOOK = "type: destination\ndestination_type: webhook\nresources_to_persist: [rows]"
OF_JOBS = [
    (f"{WEBHOOK}\nrun_if: '$number(\"x\")'", "run_if"),
    (
        f"{WEBHOOK}\nconfig:\n  expression: '$number(\"x\")'",
        "config.expression",
    ),
    ("type: update_state\nconfig:\n  key: k\n  value_expression: '$number(\"x\")'", "config.value_expression"),
]


class NoOutlets:
    """Nothing is kept, and everything counts as delivered."""

    def get_state(self, key: str) -> JsonValue:
        """Nothing."""

    def set_state(self, key: str, value: JsonValue) -> None:
        """Keep nothing."""

    def delete_state(self, key: str) -> None:
        """Keep nothing."""

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        return [Settled(delivery)]

    def lose(self, node: str) -> None:
        """Nothing is counted."""

    async def flush(self, node: str) -> Sequence[Settled]:  # noqa: ARG002 - nothing waits
        return ()


@pytest.mark.parametrize(("node", "field"), OF_JOBS, ids=[field for _node, field in OF_JOBS])
def test_an_error_of_a_sync_job_names_its_field(node: str, field: str) -> None:
    text = JOB + "".join(f"    {line}\n" for line in node.split("\n"))
    plan = prepare(text, jobs=True).require_plan()
    outcome = asyncio.run(execute(plan, Records(), outlets=NoOutlets())).outcomes["it"]
    assert isinstance(outcome, Failed)
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert entry["field"] == field


def test_every_report_leads_to_the_line_of_the_field() -> None:
    result, plan = ran(LOST[0][0])
    report = Report(result, plan, Timeline(), "here", "a.yaml")
    assert json.loads("".join(report_json(report, Redactor())))["resources"][1]["errors"][0]["line"] == 10
    assert 'name="it" time="0.000" file="a.yaml" line="10"' in "".join(report_junit(report, Redactor()))
    assert "<code>a.yaml:10</code>" in "".join(report_html(report, Redactor()))
    assert "**it** (a.yaml&#58;10)" in "".join(job_summary(report, Redactor().text))
    view = RunView("t", "w", file="a.yaml", redact=Redactor().text)
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(run_tree(result, plan, view))
    console.print(summary_view(result, Redactor().text, plan, "a.yaml"))
    drawn = console.file.getvalue()  # type: ignore[attr-defined]  # the file given above
    assert "in a.yaml:10" in drawn
    assert "(a.yaml:10)" in drawn


def test_a_path_that_leads_elsewhere_is_its_id_or_its_resource() -> None:
    _, plan = ran(LOST[0][0])
    step = plan.steps["it"]
    assert field_of(NotSent("x"), step, call=Call("m/notes", "get", "..")) == "id"
    assert field_of(NotSent("x"), step, call=Call("m/..", "list")) == "resource"
    assert field_of(NotSent("x"), step, call=Call("m/notes", "list")) is None
    assert field_of(TemplateError("x"), step) is None
    assert field_of(ValueError("x"), step) is None


REFUSED: list[tuple[str, object, str | None]] = [
    ("Stripe", {"error": {"message": "no", "param": "owner"}}, "body.owner"),
    ("JSON:API", {"errors": [{"source": {"pointer": "/data/attributes/tags/0"}}]}, "body.tags[0]"),
    ("JSON:API, a parameter", {"errors": [{"source": {"parameter": "q"}}]}, "query.q"),
    ("Salesforce", [{"message": "required", "fields": ["owner"]}], "body.owner"),
    ("RFC 9457", {"invalid-params": [{"name": "owner", "reason": "no"}]}, "body.owner"),
    ("words", {"message": "the value of 'owner' is not a number"}, "body.owner"),
    ("text of JSON", {"raw_response": '{"error": {"field": "q"}}'}, "query.q"),
    ("nested", {"details": [{"fieldViolations": [{"field": "account.id"}]}]}, "body.account.id"),
    ("Truto, in the query", {"truto_error_insight": {"missing_required_query_parameters": ["x"]}}, "query"),
    ("Truto, in the body", {"truto_error_insight": {"missing_required_body_fields": {"value": ["x"]}}}, "body"),
    ("two", {"errors": [{"field": "owner"}, {"field": "q"}]}, None),
    ("one of two that are called so", {"error": {"param": "id"}}, None),
    ("none that is sent", {"error": {"param": "colour"}}, None),
    ("nothing", {"message": "no"}, None),
    ("text", "no such 'thing'", None),
    ("text of JSON without an end", {"message": "'owner'", "raw_response": "[" * 100_000}, "body.owner"),
    ("deep", json.loads('{"a":' * 50 + '{"field": "owner"}' + "}" * 50), None),
]
NODE = """\
resource: m/notes
method: update
id: x
query: {q: 1}
body: {owner: 1, tags: [a], account: {id: 1}}"""


@pytest.mark.parametrize(("body", "field"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_a_refusal_leads_to_the_field_that_it_names(body: JsonValue, field: str | None) -> None:
    _, plan = ran(NODE)
    assert field_of(CallRefused(400, body), plan.steps["it"]) == field


@given(st.lists(st.one_of(st.integers(0, 99), st.text(min_size=1)), min_size=1))
def test_a_path_comes_back_from_its_text(path: list[str | int]) -> None:
    assert path_of(json_path(tuple(path))) == tuple(path)


@pytest.mark.parametrize("text", ["a..b", "a[", "[x]", 'a["b', "]"])
def test_what_is_no_path_leads_nowhere(text: str) -> None:
    assert path_of(text) == ()
