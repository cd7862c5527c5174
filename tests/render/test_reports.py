"""JUnit, JSON and the job's summary of a run that ended in every way."""

from __future__ import annotations

import json
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from finished_runs import finished, plan, under_way

from batchctl.engine.causes import causes
from batchctl.engine.events import CallFailed, CallStarted, CallSucceeded
from batchctl.engine.observe import timeline as timelines
from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.result import Failed, Succeeded
from batchctl.redaction import Redactor
from batchctl.render.report import html
from batchctl.render.report import job_summary as summary
from batchctl.render.report.formats import FORMATS
from batchctl.render.report.html import report_html
from batchctl.render.report.job_summary import job_summary
from batchctl.render.report.json import Report, Status, report_json
from batchctl.render.report.junit import report_junit
from batchctl.render.report.junit_cases import call_cases
from batchctl.render.result.figures import outcome_figures
from batchctl.structs import replace
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.json_types import JsonObject


REDACT = Redactor().text
GOLDEN = Path(__file__).parents[1] / "golden" / "reports"


def report() -> Report:
    timeline = Timeline()
    for event in under_way():
        timeline(event)
    return Report(finished(), plan(), timeline, "embedded engine over samples/fixtures", "a.yaml")


def test_junit_has_a_case_per_resource(golden: Callable[[Path, str], None]) -> None:
    text = "".join(report_junit(report(), Redactor()))
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == ["tickets", "comments", "previews", "users", "later"]
    inside = [{child.tag for child in case} for case in cases]
    assert inside == [{"system-out"}, {"properties", "failure"}, {"skipped"}, {"system-out"}, {"error"}]
    for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(counted) == str(len(suite.findall(f"testcase/{tag}")))
    assert suite.get("tests") == str(len(cases))
    assert [case.get("line") for case in cases] == ["4", "5", "10", "16", "17"]
    golden(GOLDEN / "junit.xml", text)


def test_junit_can_have_a_case_per_call(golden: Callable[[Path, str], None]) -> None:
    text = "".join(report_junit(replace(report(), junit_cases="calls"), Redactor(["t-1"])))
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    cases = [(case.get("classname"), case.get("name"), {child.tag for child in case}) for case in suite]
    assert cases[:2] == [
        ("a.yaml: tickets", "GET /unified/ticketing/tickets", {"system-out"}),
        ("a.yaml: comments", "GET /unified/ticketing/comments?ticket_id=t-0", {"system-out"}),
    ]
    assert ("a.yaml: comments", "GET /unified/ticketing/comments?ticket_id=***", {"system-out"}) in cases
    assert ("a.yaml: comments", "GET /unified/ticketing/comments?ticket_id=t-4", {"error"}) in cases
    assert ("a.yaml: comments", "another error", {"properties", "failure"}) in cases
    assert ("a.yaml: previews", "previews", {"skipped"}) in cases
    assert ("a.yaml: users", "GET /unified/ticketing/users/u-1", {"properties", "failure"}) in cases
    for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(counted) == str(len(suite.findall(f"testcase/{tag}")))
    golden(GOLDEN / "junit-calls.xml", text)


def test_calls_of_one_name_are_told_apart() -> None:
    timeline = Timeline()
    for serial in (1, 2, 3):
        call = Call("ticketing/users", "get", "u-1", node="users", serial=serial)
        timeline(CallStarted("users", call, serial, 0.0))
        timeline(CallSucceeded("users", call, serial, 1, 1, 0.5))
    cases = call_cases(replace(report(), timeline=timeline), Redactor())
    path = "GET /unified/ticketing/users/u-1"
    assert [case.name for case in cases if case.key == "users"] == [path, f"{path} (2)", f"{path} (3)"]


def test_calls_beyond_those_remembered_do_not_hide_a_failure() -> None:
    timeline = Timeline()
    timeline.left_out = 7
    shown = replace(report(), timeline=timeline, junit_cases="calls")
    assert ("comments", "failed") in {(case.name, case.state) for case in call_cases(shown, Redactor())}
    assert '<property name="calls left out" value="7"/>' in "".join(report_junit(shown, Redactor()))


def test_junit_is_xml_whatever_is_in_it() -> None:
    hostile = "\x00\x1b<&\"'>\ud800"
    text = "".join(report_junit(replace(report(), file=hostile, where=hostile), Redactor(["comments"])))
    assert ET.fromstring(text).find("testsuite/testcase[2]") is not None


def test_json_has_calls_times_and_retries(golden: Callable[[Path, str], None]) -> None:
    text = "".join(report_json(report(), Redactor()))
    data = json.loads(text)
    assert data["status"] == "interrupted"
    assert [each["status"] for each in data["resources"]] == [
        "succeeded",
        "failed",
        "skipped",
        "succeeded",
        "unfinished",
    ]
    assert [call["status"] for call in data["calls"]] == ["ok", "failed", "ok", "ok", "ok", "ok", "open"]
    assert data["calls"][-1]["retries"] == [{"attempt": 1, "wait_s": 10.0, "status": 429, "at_s": 5.5}]
    assert data["calls"][-1]["throttled_s"] == 12.0
    golden(GOLDEN / "report.json", text)


def test_the_job_summary(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "summary.md", "".join(job_summary(report(), REDACT)))


def test_a_later_page_belongs_to_its_call() -> None:
    from batchctl.engine.events import CallRetried

    seen = Timeline()
    calls = [Call("crm/notes", "list", query={"contact": name}, node="notes") for name in "ab"]
    for serial, call in enumerate(calls):
        seen(CallStarted("notes", call, serial, 0.0))
    page = Call("crm/notes", "list", query={"contact": "a", "next_cursor": "2"}, node="notes", serial=0)
    seen(CallRetried("notes", page, 1, 0.5, 502, 1.0))
    seen(CallSucceeded("notes", calls[0], 0, 5, 2, 2.0))
    seen(CallFailed("notes", calls[1], 1, 404, 2.5))
    first, second = seen.calls
    assert ([each.status for each in first.retries], second.retries) == ([502], [])
    assert (first.ended_s, first.records, first.pages, second.status) == (2.0, 5, 2, 404)


def test_a_timeline_is_bounded() -> None:
    seen = Timeline()
    call = Call("a", "list", node="a")
    for serial in range(timelines.MAX_CALLS + 3):
        seen(CallStarted("a", call, serial, 0.0))
        seen(CallSucceeded("a", call, serial, 0, 1, 0.0))
    assert (len(seen.calls), seen.left_out) == (timelines.MAX_CALLS, 3)


def test_partial_and_empty_responses_are_counted_everywhere() -> None:
    result = finished()
    tickets = result.outcomes["tickets"]
    assert isinstance(tickets, Succeeded)
    partial = replace(tickets, work=replace(tickets.work, partial=2, empty=3))
    shown = replace(report(), result=replace(result, outcomes={**result.outcomes, "tickets": partial}))
    assert json.loads("".join(report_json(shown, Redactor())))["resources"][0]["partial"] == 2
    assert json.loads("".join(report_json(shown, Redactor())))["resources"][0]["without_content"] == 3
    for said in ("2 answers partial", "3 answers without content"):
        assert said in "".join(report_junit(shown, Redactor()))
        assert said in "".join(report_html(shown, Redactor()))
        assert said in "\u00b7".join(outcome_figures(partial))


def test_a_failure_names_its_place_and_its_origin() -> None:
    suite = ET.fromstring("".join(report_junit(report(), Redactor()))).find("testsuite")
    assert suite is not None
    origins = [each.get("value") for each in suite.findall("testcase[@name='comments']/properties/property")]
    assert origins == ["provider", "service"]
    assert suite.find("testcase[@name='tickets']/properties") is None
    page = "".join(report_html(report(), Redactor()))
    assert "origin: <b>provider</b>" in page
    assert "3 errors · a.yaml:5" in page
    assert json.loads("".join(report_json(report(), Redactor())))["resources"][1]["line"] == 5


def test_causes_of_different_origin_are_apart() -> None:
    entry: JsonObject = {"statusCode": 404, "message": "no such record"}
    found = causes([{**entry, "origin": "fixtures"}, {**entry, "origin": "provider"}, {**entry, "origin": "fixtures"}])
    assert [(cause.origin, cause.count) for cause in found] == [("fixtures", 2), ("provider", 1)]


def test_a_call_that_failed_is_given_as_curl_without_its_secrets() -> None:
    timeline = Timeline()
    query: JsonObject = {"ids": ["a b"], "api_key": "k-12345678"}
    body: JsonObject = {"note": "it's $HOME", "password": "p-12345678"}
    call = Call("crm/contacts", "update", "c/1", query=query, body=body, node="users")
    good = Call("ticketing/users", "get", "u-1", node="users")
    for event in (
        CallStarted("users", call, 1, 0.0),
        CallFailed("users", call, 1, 422, 0.1),
        CallStarted("users", good, 2, 0.0),
        CallSucceeded("users", good, 2, 1, 1, 0.1),
        CallStarted("users", good, 3, 0.0),
    ):
        timeline(event)
    made = replace(report(), timeline=timeline, api_url="https://api.example.com/")
    failed, *others = json.loads("".join(report_json(made, Redactor())))["calls"]
    assert not any("curl" in other for other in others)
    command, text = failed["curl"].split("<<'JSON'\n")
    words = shlex.split(command.replace("\\\n", " "))
    account = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
    url = next(word for word in words if word.startswith("https://"))
    assert url.startswith(
        f"https://api.example.com/unified/crm/contacts/c%2F1?integrated_account_id={account}&ids[]=a%20b&api_key="
    )
    assert words[words.index("--request") + 1] == "PATCH"
    assert "Authorization: Bearer ${TRUTO_API_TOKEN:?}" in words
    assert json.loads(text.removesuffix("JSON\n"))["note"] == "it's $HOME"
    assert "12345678" not in failed["curl"]


def test_a_failure_that_is_accepted_is_in_every_report() -> None:
    accepted = Failed([{"message": "no such user", "statusCode": 404, "error": "Not Found"}], accepted=True)
    run = replace(report(), result=replace(finished(), outcomes={**finished().outcomes, "users": accepted}))
    written = {name: "".join(write(run, Redactor(), "")) for name, write in FORMATS.items()}
    written["summary"] = "".join(job_summary(run, REDACT))
    assert not [name for name, text in written.items() if "users" not in text]
    statuses = {each["name"]: each["status"] for each in json.loads(written["json"])["resources"]}
    assert statuses["users"] == "accepted"


@pytest.mark.parametrize("signs", [html.SIGNS, summary.SIGNS], ids=["html", "summary"])
def test_each_way_to_end_has_a_sign(signs: Mapping[Status, str]) -> None:
    assert set(signs) == set(get_args(Status))
