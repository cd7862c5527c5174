"""Calls that are not sent, since their address would be another one's or none: no call in any count or report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.events import CallFailed, CallStarted
from batchctl.engine.executor import execute
from batchctl.engine.observe.progress import Progress
from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.result import Failed
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.report.json import Report
from batchctl.render.report.junit_cases import call_cases

if TYPE_CHECKING:
    from batchctl.engine.events import Event
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.calls import Call

HEAD = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: rows, resource: m/rows, method: list}
"""
GET = '  - {name: it, resource: m/notes, method: get, id: "{{resources.m.rows.to}}", depends_on: rows}\n'
LIST = (
    '  - {name: it, resource: m/notes, method: list, query: {a: [{b: "{{resources.m.rows.to}}"}]}, depends_on: rows}\n'
)
AGAIN = """\
  - name: it
    resource: m/notes
    method: get
    id: first
    depends_on: rows
    recurse: {if: "{{resources.m.notes.more:bool}}", config: {id: "{{resources.m.notes.next}}"}}
"""
HALF = "\ud800"


class World:
    """Lists ``rows``, answers a get with a note that leads on, and remembers what was sent."""

    def __init__(self, *rows: JsonObject) -> None:
        self.rows: list[JsonValue] = [*rows]
        self.sent: list[Call] = []

    async def send(self, call: Call) -> Reply:
        self.sent.append(call)
        if call.resource == "m/rows":
            return Reply(200, {"result": self.rows})
        return Reply(200, {"result": []} if call.method == "list" else {"id": call.id, "more": True, "next": ""})

    async def aclose(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    ("node", "to", "said", "path"),
    [
        (GET, "", "the id is empty", "/unified/m/notes/"),
        (GET, None, "the id is empty", "/unified/m/notes/"),
        (GET, ".", '"." in the path', "/unified/m/notes/."),
        (GET, "..", '".." in the path', "/unified/m/notes/.."),
        (GET, f"a{HALF}", "the path holds half a character", "/unified/m/notes/a%ED%A0%80"),
        (LIST, f"é{HALF}", "the query holds half a character", "/unified/m/notes"),
    ],
)
def test_it_is_an_error_and_no_call(node: str, to: JsonValue, said: str, path: str) -> None:
    world = World({"id": 1, "to": to}, {"id": 2, "to": "ok"})
    plan = prepare(HEAD + node).require_plan()
    timeline, progress = Timeline(), Progress(plan)
    events: list[Event] = []

    def observe(event: Event) -> None:
        timeline(event)
        progress(event)
        events.append(event)

    result = asyncio.run(execute(plan, world, observer=observe))
    outcome = result.outcomes["it"]
    assert isinstance(outcome, Failed)
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert (entry["origin"], said in str(entry["message"])) == ("definition", True)
    assert isinstance(entry["call"], dict)
    assert entry["call"]["path"] == path
    # One of the two was sent, and that is what everything counts.
    assert len(world.sent) == 2
    assert outcome.work.calls == 1
    assert [trace.key for trace in timeline.calls] == ["rows", "it"]
    assert progress.resources["it"].calls == 1
    assert len([each for each in events if isinstance(each, CallStarted)]) == 2
    assert len([each for each in events if isinstance(each, CallFailed)]) == 1
    cases = list(call_cases(Report(result, plan, timeline, "here", "a.yaml"), Redactor()))
    assert [case.state for case in cases if case.key == "it"] == ["passed", "failed"]


def test_one_that_a_record_leads_on_to_is_none_either() -> None:
    world = World({"id": 1})
    outcome = asyncio.run(execute(prepare(HEAD + AGAIN).require_plan(), world)).outcomes["it"]
    assert isinstance(outcome, Failed)
    assert (outcome.work.calls, outcome.count, len(world.sent)) == (1, 1, 2)
    assert "the id is empty" in str(outcome.errors)
