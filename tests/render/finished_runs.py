"""Runs that ended in every way, with fixed times, and a terminal to draw them on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyte
from rich.console import Console

from batchctl.engine.events import (
    CallFailed,
    CallRetried,
    CallStarted,
    CallSucceeded,
    PageReceived,
    ResourceFinished,
    ResourceStarted,
    Throttled,
)
from batchctl.engine.result import Failed, NotReached, RunResult, Skipped, Succeeded, Work
from batchctl.preparation import prepare
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from batchctl.engine.events import Event
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan

TEXT = """\
name: Tickets of 東京 & Zürich
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: tickets, resource: ticketing/tickets, method: list}
  - name: comments
    resource: ticketing/comments
    method: list
    depends_on: tickets
    query: {ticket_id: "{{resources.ticketing.tickets.id}}"}
  - name: previews
    resource: previews
    method: list
    depends_on: [comments, tickets]
    persist: true
    query: {comment: "{{resources.ticketing.comments.id}}"}
  - {name: users, resource: ticketing/users, method: get, id: u-1}
  - {name: later, resource: crm/contacts, method: list, depends_on: users}
"""


def plan(text: str = TEXT) -> Plan:
    """The plan of a definition."""
    return prepare(text).require_plan()


def tickets() -> list[JsonValue]:
    """Records with wide letters, nested values, nothing, and a field that never changes."""
    return [
        {
            "id": f"t-{number}",
            "subject": ("東京の倉庫が満杯です", "Zoë can’t log in", "a\x1b[31mb\nc")[number % 3],
            "priority": "urgent",
            "open": number % 2 == 0,
            "votes": number * 1000,
            "assignee": {"id": f"u-{number}", "name": "Noor"} if number % 2 else None,
            "tags": ["a", "b"],
        }
        for number in range(7)
    ]


def errors() -> list[JsonValue]:
    """Three errors of two causes."""
    remote: JsonObject = {
        "statusCode": 403,
        "error": "Forbidden",
        "truto_is_remote_error": True,
        "truto_error_insight": {"forbidden_error": {"value": {"missing_scopes": ["comments:read"]}}},
        "raw_response": {"error": {"code": "insufficient_scope", "message": "needs comments:read"}},
    }
    found: list[JsonValue] = [
        {
            **remote,
            "message": f"no access to the comments of ticket t-{number}",
            "call": {"method": "GET", "path": "/unified/ticketing/comments", "query": {"ticket_id": f"t-{number}"}},
            "for": {"tickets": f"t-{number}"},
        }
        for number in (1, 2)
    ]
    return [*found, {"statusCode": 429, "error": "Too Many Requests", "message": "slow down"}]


def finished() -> RunResult:
    """A run in which one resource ended in each way."""
    skip: JsonObject = {"statusCode": 424, "message": "skipped", "skipped_because": ["comments"]}
    return RunResult(
        {
            "tickets": Succeeded(records=tickets(), work=Work(1, 2, 0.412)),
            "comments": Failed(errors(), records=[{"id": "cm-1", "text": "ok"}], work=Work(7, 4, 61.5, 2, 1.5)),
            "previews": Skipped(("comments",), [skip]),
            "users": Succeeded(records=[{"id": "u-1", "name": "Noor Grünwald"}], work=Work(1, 1, 0.02)),
            "later": NotReached(records=[], work=Work(0, 0, 0.0)),
        },
        62.4,
        interrupted=True,
    )


def under_way() -> Iterator[Event]:
    """The events of that run until its sixth second."""
    listing, user = (
        Call("ticketing/tickets", "list", node="tickets"),
        Call("ticketing/users", "get", "u-1", node="users"),
    )
    yield ResourceStarted("tickets", 0.0)
    yield CallStarted("tickets", listing, 1, 0.0)
    yield ResourceStarted("users", 0.0)
    yield CallStarted("users", user, 2, 0.0)
    yield CallFailed("users", user, 2, 500, 0.3)
    yield ResourceFinished("users", Failed([{"statusCode": 500}], work=Work(1, 0, 0.3)), 0.3)
    yield ResourceFinished("later", Skipped(("users",)), 0.3)
    yield PageReceived("tickets", listing, 1, 1, 4, 0.4)
    yield PageReceived("tickets", listing, 1, 2, 3, 0.9)
    yield CallSucceeded("tickets", listing, 1, 7, 2, 0.9)
    yield ResourceFinished("tickets", Succeeded(records=tickets(), work=Work(1, 2, 0.9)), 0.9)
    yield ResourceStarted("comments", 1.0)
    for number in range(5):
        query: JsonObject = {"ticket_id": f"t-{number}"}
        call = Call("ticketing/comments", "list", query=query, node="comments", serial=3 + number)
        yield CallStarted("comments", call, 3 + number, 1.0 + number)
        if number == 4:
            yield CallRetried("comments", call, 1, 10.0, 429, 5.5)
            yield Throttled("comments", call, 12.0, "50 calls in 10 s", 5.6)
            return
        yield PageReceived("comments", call, 3 + number, 1, 2, 1.5 + number)
        yield CallSucceeded("comments", call, 3 + number, 2, 1, 1.9 + number)


def lines(renderable: RenderableType, columns: int, *, color: bool = False) -> list[str]:
    """What a terminal of so many columns shows. Raises when a line had to be broken by the terminal."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=columns,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(renderable)
    written = stream.getvalue()
    screen = pyte.Screen(columns, written.count("\n") + 40)
    pyte.Stream(screen).feed(written.replace("\n", "\r\n"))
    shown = [line.rstrip() for line in screen.display]
    while shown and not shown[-1]:
        shown.pop()
    if screen.cursor.y != written.count("\n"):
        raise AssertionError(f"a line is wider than {columns} columns")
    return shown
