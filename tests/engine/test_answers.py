"""Answers of the API: what is a page, what is empty, what is partial, and whose error it is."""

import asyncio

import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.causes import causes
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, RunResult, Succeeded
from batchctl.errors import CallRefused, NotSent
from batchctl.json_types import JsonObject, JsonValue
from batchctl.preparation import prepare
from batchctl.render.result.figures import outcome_figures
from batchctl.truto.calls import Call
from batchctl.truto.envelope import read_envelope

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n"


class Answers:
    """Gives its answers in turn, the last one again and again."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.sent: list[Call] = []
        self._answers = list(answers)

    async def send(self, call: Call) -> Reply:
        self.sent.append(call)
        chosen = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(chosen, Exception):
            raise chosen
        return chosen

    async def aclose(self) -> None:
        pass


def run(backend: Answers, method: str = "list", options: RunOptions | None = None, body: str = "") -> RunResult:
    id_ = "" if method in ("list", "create") else ', id: "1"'
    text = f"{HEAD}  - {{name: c, resource: c, method: {method}, persist: true{id_}{body}}}\n"
    return asyncio.run(execute(prepare(text).require_plan(), backend, options=options or RunOptions()))


def error_of(result: RunResult) -> JsonObject:
    outcome = result.outcomes["c"]
    assert isinstance(outcome, Failed)
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    return entry


@pytest.mark.parametrize(
    "empty",
    [
        Reply(204, None),
        Reply(200, None),
        Reply(200, {"result": None, "next_cursor": None}),
        Reply(200, {"result": []}),
        Reply(200, []),
    ],
)
def test_an_empty_answer_is_an_empty_page(empty: Reply) -> None:
    first = Reply(200, {"result": [{"id": 1}], "next_cursor": "n"})
    result = run(Answers(first, empty))
    assert (result.ok, result.body()["result"]) == (True, {"c": [{"id": 1}]})
    assert run(Answers(empty)).body()["result"] == {"c": []}


@pytest.mark.parametrize(("answer", "count"), [(Reply(200, None), 1), (Reply(204, None), 0), (Reply(200, []), 0)])
def test_a_page_that_came_without_content_is_counted(answer: Reply, count: int) -> None:
    outcome = run(Answers(answer)).outcomes["c"]
    assert isinstance(outcome, Succeeded)
    assert outcome.work.empty == count
    assert ("1 answer without content" in list(outcome_figures(outcome))) == bool(count)


@pytest.mark.parametrize(
    "body", ["", "queued", 7, True, {}, {"records": []}, {"result": "none"}, {"result": {"id": 1}}]
)
def test_an_answer_of_another_shape_is_no_page(body: JsonValue) -> None:
    assert "the answer to a list has no result array" in str(error_of(run(Answers(Reply(200, body)))))


def test_an_error_inside_of_a_200_keeps_its_own_words_but_no_secret() -> None:
    refused: JsonObject = {"statusCode": 403, "message": "token expired"}
    assert error_of(run(Answers(Reply(200, refused))))["message"] == (
        "the answer to a list has no result array: token expired"
    )
    captured: JsonObject = {"id": "job", "access_token": "hidden-by-name"}
    said = str(error_of(run(Answers(Reply(200, captured))))["message"])
    assert '"job"' in said
    assert "hidden-by-name" not in said


@pytest.mark.parametrize("method", ["list", "get", "create", "update"])
def test_an_error_in_trutos_form_is_no_record_of_any_method(method: str) -> None:
    refused: JsonObject = {"statusCode": 400, "error": "Bad Request", "message": "no such field", "truto_id": "r-1"}
    body = "" if method in ("list", "get") else ", body: {a: 1}"
    entry = error_of(run(Answers(Reply(200, refused)), method, body=body))
    assert entry["message"] == "the answer is an error inside of a 200: no such field"


@pytest.mark.parametrize(
    "record",
    [
        {"statusCode": 400, "error": "E", "message": "m", "id": "log-1"},
        {"statusCode": 200, "error": "", "message": "m"},
    ],
)
def test_a_record_that_has_an_errors_fields_stays_one(record: JsonObject) -> None:
    assert run(Answers(Reply(200, record)), "get").body()["result"] == {"c": [record]}


@pytest.mark.parametrize("body", [{}, {"message": "unknown"}, {"message": "unknown", "status": "failed"}])
def test_a_refusal_that_names_no_status_has_the_responses(body: JsonObject) -> None:
    entry = error_of(run(Answers(CallRefused(401, body))))
    assert entry["statusCode"] == 401
    assert read_envelope(entry).sentence().startswith("Truto refused it: 401 Unauthorized")


@pytest.mark.parametrize("method", ["create", "update", "delete"])
def test_an_empty_answer_is_no_record_of_a_write(method: str) -> None:
    body = "" if method == "delete" else ", body: {a: 1}"
    result = run(Answers(Reply(204, None)), method, body=body)
    assert (result.ok, result.body()["result"]) == (True, {"c": []})


def test_an_empty_answer_to_a_get_is_an_error() -> None:
    entry = error_of(run(Answers(Reply(200, None)), "get"))
    assert entry["origin"] == "connection"
    assert "the answer to a get is empty" in str(entry["message"])


@pytest.mark.parametrize("cursor", [None, False, ""])
def test_what_ends_a_list(cursor: JsonValue) -> None:
    backend = Answers(Reply(200, {"result": [1], "next_cursor": cursor}))
    assert run(backend).ok
    assert len(backend.sent) == 1


@pytest.mark.parametrize(("cursor", "sent"), [(0, "0"), ("a+b/=", "a+b/="), (12.0, "12")])
def test_what_is_followed(cursor: JsonValue, sent: str) -> None:
    backend = Answers(Reply(200, {"result": [1], "next_cursor": cursor}), Reply(200, {"result": [2]}))
    assert run(backend).ok
    assert backend.sent[1].query == {"next_cursor": sent}


@pytest.mark.parametrize(("cursor", "kind"), [({"page": 2}, "an object"), ([1], "an array"), (True, "true")])
def test_a_cursor_of_another_kind_is_an_error(cursor: JsonValue, kind: str) -> None:
    entry = error_of(run(Answers(Reply(200, {"result": [1], "next_cursor": cursor}))))
    assert f"its next_cursor is {kind}" in str(entry["message"])


def test_a_list_with_ever_new_cursors_has_a_bound() -> None:
    pages = [Reply(200, {"result": [number], "next_cursor": f"n{number}"}) for number in range(9)]
    backend = Answers(*pages)
    entry = error_of(run(backend, options=RunOptions(max_pages=3)))
    assert "does not end after 3 pages" in str(entry["message"])
    assert len(backend.sent) == 3


@pytest.mark.parametrize(
    ("reply", "origin", "sentence"),
    [
        (Reply(404, {"message": "gone"}), "service", "Truto refused it: 404 Not Found: gone"),
        (
            Reply(403, {"message": "no", "truto_is_remote_error": True}),
            "provider",
            "the provider behind the account refused it: 403 Forbidden: no",
        ),
        (
            Reply(404, {"message": "gone"}, answered_by="fixtures"),
            "fixtures",
            "the fixtures answer it with: 404 Not Found: gone",
        ),
        (
            Reply(400, [{"message": "No such column Foo", "errorCode": "INVALID_FIELD"}]),
            "provider",
            "the provider behind the account refused it: 400 Bad Request: No such column Foo",
        ),
        (
            Reply(400, [{"message": "a"}, {"detail": "b"}]),
            "provider",
            "the provider behind the account refused it: 400 Bad Request: a; b",
        ),
        (Reply(400, "plain words"), "service", "Truto refused it: 400 Bad Request: plain words"),
        (Reply(400, None), "service", "Truto refused it: 400 Bad Request: no reason given"),
        (NotSent("the id is empty"), "definition", "not sent: the id is empty"),
    ],
)
def test_whose_error_it_is(reply: Reply | Exception, origin: str, sentence: str) -> None:
    entry = error_of(run(Answers(reply)))
    assert entry["origin"] == origin
    assert read_envelope(entry, status=reply.status if isinstance(reply, Reply) else 0).sentence() == sentence


def test_the_failing_call_is_with_the_error_without_secrets() -> None:
    refused = Reply(422, {"message": "no", "raw_response": {"access_token": "abcdefgh", "n": 1}})
    body = ", query: {api_key: k-12345678, q: x}, body: {password: p-12345678, text: ok}"
    entry = error_of(run(Answers(refused), "create", body=body))
    assert entry["raw_response"] == {"access_token": "***", "n": 1}
    assert entry["call"] == {
        "method": "POST",
        "path": "/proxy/c",
        "query": {"api_key": "***", "q": "x"},
        "body": {"password": "***", "text": "ok"},
    }


def test_a_long_body_is_cut() -> None:
    entry = error_of(run(Answers(Reply(422, {"message": "no"})), "create", body=f", body: {{text: {'x' * 5000}}}"))
    call = entry["call"]
    assert isinstance(call, dict)
    assert len(str(call["body"])) < 2100


def test_partial_answers_are_counted() -> None:
    result = run(Answers(Reply(200, {"result": [1], "is_partial_response": True})))
    outcome = result.outcomes["c"]
    assert "1 answer partial" in list(outcome_figures(outcome))


def test_what_a_failed_call_sent_stands_beside_its_error_but_no_part_of_a_value() -> None:
    body: JsonObject = {"note": "n", "password": "hidden-by-name", "long": "x" * 500, "more": ["y" * 100], "last": 1}
    entry: JsonObject = {
        "message": "no",
        "call": {"method": "POST", "path": "/proxy/a", "query": {"q": 1}, "body": body},
    }
    (cause,) = causes([entry])
    assert cause.origins[0].startswith(
        'at POST /proxy/a, query {"q": 1}, body {"note": "n", "password": "***", "long": …, '
    )
    assert cause.origins[0].endswith(", …}")
    assert "hidden-by-name" not in cause.origins[0]
    assert "xx" not in cause.origins[0]
    (cause,) = causes([{"message": "no", "call": {"method": "GET", "path": "/proxy/a", "query": {}, "body": None}}])
    assert cause.origins == ("at GET /proxy/a",)
