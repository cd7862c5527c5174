import asyncio
import gzip
import json
import tempfile
from collections.abc import Sequence

import pytest
from scripted_api import Answer, Api, Closed, Silent, answer, scripted

from batchctl.errors import BadAnswer, BatchctlError, ConnectionFailed, CredentialsError, Refused, TimedOut, UsageError
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.service.answer import read_answer
from batchctl.service.client import BatchAnswer, Retries, submit
from batchctl.service.identity import Identity, identify
from batchctl.service.kept import Kept
from batchctl.service.reading import read_batch
from batchctl.truto.backoff import Backoff
from batchctl.truto.connection import Connection, Timeouts

TOKEN = "tok_very_secret"


def send_to(
    url: str, *, repeatable: bool = False, waits: list[float] | None = None, silence_s: float = 30
) -> BatchAnswer:
    async def sleep(seconds: float) -> None:
        (waits if waits is not None else []).append(seconds)

    retries = Retries(Backoff(3), repeatable=repeatable, sleep=sleep, random=lambda: 0.5, now=lambda: 0.0)
    connection = Connection(url, TOKEN, Timeouts(30, silence_s))
    with tempfile.TemporaryFile() as file:
        return asyncio.run(submit({"resources": []}, connection, Kept(file, Redactor([TOKEN])), retries=retries))


def send(*answers: Answer, repeatable: bool = False, waits: list[float] | None = None) -> tuple[BatchAnswer, Api]:
    with scripted(*answers) as api:
        return send_to(api.url, repeatable=repeatable, waits=waits, silence_s=patience(answers)), api


def patience(answers: Sequence[Answer]) -> float:
    """Short only where silence is what is tried: a loaded machine may be slow with any other answer."""
    return 0.2 if any(isinstance(each, Silent) for each in answers) else 30


def test_sends_one_post_with_the_token() -> None:
    found, api = send(answer({"result": {"a": [1]}}, x_request_id="r1"))
    assert (found.body, found.request_id) == ({"result": {"a": [1]}}, "r1")
    (one,) = api.asked
    assert (one.method, one.target, one.headers["authorization"]) == ("POST", "/batch-request", f"Bearer {TOKEN}")
    assert json.loads(one.body) == {"resources": []}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (Closed(), ConnectionFailed, "closed the connection without an answer"),
        (Silent(), TimedOut, "0.2 s"),
        (answer({"message": "bad token"}, 401), CredentialsError, "Truto refused it"),
        (
            answer({"message": "expired", "truto_is_remote_error": True}, 401),
            Refused,
            "the provider behind the account",
        ),
        (answer(raw=b"<html>\x1b[31mbad", status=502), Refused, "502"),
        (answer([{"message": "No such column"}], 400), Refused, "No such column"),
        (answer({"message": "no"}, 400, x_request_id="r-9"), Refused, "request r-9"),
        (answer(raw=b"<html>"), BadAnswer, "not JSON"),
        (answer(raw=b""), BadAnswer, "it is empty"),
        (answer(raw=b"", status=204), BadAnswer, "it is empty"),
        (answer(raw=b'{"result": {"a": [1, '), BadAnswer, "ended after 21 bytes"),
        (answer(raw=b'{"result":{"a":[{"v":NaN}]}}'), BadAnswer, "is not JSON: NaN"),
        (answer(raw=b'{"result":{"a":["Gr\xfcn"]}}'), BadAnswer, "it is not UTF-8"),
        (answer(raw=b'{"result": {}} {}'), BadAnswer, "there is more after its end"),
        (answer([]), BadAnswer, "not an object"),
        (answer(raw=b"[" * 200_000), BadAnswer, "not JSON"),
        (answer({}, 302, location="https://evil.example/x"), Refused, "evil.example"),
        (answer({"statusCode": 403, "error": "Forbidden", "message": "token expired"}), BadAnswer, "token expired"),
        (answer({"error": {"code": "x", "message": "maintenance"}}), BadAnswer, "maintenance"),
        (answer({"id": "job"}, 202), BadAnswer, "answered 202, but with neither result nor errors"),
        (answer({"result": None, "errors": None}), BadAnswer, "neither result nor errors"),
    ],
)
def test_failures_are_sentences(given: Answer, error: type[BatchctlError], said: str) -> None:
    with pytest.raises(error) as caught:
        send(given)
    assert said in str(caught.value)
    assert TOKEN not in f"{caught.value}{caught.value.hint}"
    assert "\x1b" not in str(caught.value)


FINE = answer({"result": {}})


@pytest.mark.parametrize(
    ("answers", "repeatable", "waits"),
    [
        ([answer({}, 429, retry_after="7"), FINE], True, [7.0]),
        ([answer({}, 429, ratelimit_reset="4"), FINE], True, [4.0]),
        ([answer({}, 429), FINE], True, [10.0]),
        ([answer({}, 502), answer({}, 504), FINE], True, [0.5, 1.0]),
        ([Closed(), FINE], True, [0.5]),
    ],
)
def test_sent_again_where_that_is_safe(answers: list[Answer], *, repeatable: bool, waits: list[float]) -> None:
    waited: list[float] = []
    assert send(*answers, repeatable=repeatable, waits=waited)[0].body == {"result": {}}
    assert waited == waits


def test_what_was_never_sent_is_sent_again_in_any_case() -> None:
    waited: list[float] = []
    with pytest.raises(ConnectionFailed, match="refused"):
        send_to("http://127.0.0.1:1", waits=waited)
    assert waited == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("answers", "repeatable", "error", "times"),
    [
        ([answer({}, 502)], False, Refused, 1),
        ([answer({}, 429)], False, Refused, 1),
        ([Closed()], False, ConnectionFailed, 1),
        ([Silent()], True, TimedOut, 1),
        ([answer({}, 503)], True, Refused, 1),
        ([answer({}, 502)], True, Refused, 4),
    ],
)
def test_not_sent_again(answers: list[Answer], *, repeatable: bool, error: type[BatchctlError], times: int) -> None:
    with scripted(*answers) as api:
        with pytest.raises(error):
            send_to(api.url, repeatable=repeatable, silence_s=patience(answers))
        assert len(api.asked) == times


HALF = b'{"result": {"a": [{"id": "x]"}, {"id": 2'


@pytest.mark.parametrize("given", [answer(raw=HALF), Closed(b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n" + HALF)])
def test_what_came_of_an_answer_that_was_cut_off(given: Answer) -> None:
    with pytest.raises(BadAnswer, match="ended after 40 bytes") as caught:
        send(given)
    assert caught.value.salvaged == {"result": {"a": [{"id": "x]"}]}}


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (b'\xef\xbb\xbf{"result": {"a": ["\xc3\xbc"]}}', {}),
        (b'{"result": {"a": ["\xfc"]}}', {"content_type": "application/json; charset=ISO-8859-1"}),
        ('{"result": {"a": ["ü"]}}'.encode("utf-16"), {}),
        (gzip.compress('{"result": {"a": ["ü"]}}'.encode()), {"content_encoding": "gzip"}),
    ],
    ids=["byte order mark", "latin-1", "utf-16", "gzip"],
)
def test_encodings_are_those_of_a_direct_run(raw: bytes, headers: dict[str, str]) -> None:
    assert send(answer(None, 200, raw=raw, **headers))[0].body == {"result": {"a": ["ü"]}}


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b'\xef\xbb\xbf{"message": "f\xc3\xbcr"}', "application/json"),
        (b'{"message": "f\xfcr"}', "application/json; charset=ISO-8859-1"),
        ('{"message": "für"}'.encode("utf-16"), "application/json"),
        (b"<p>f\xfcr", "text/html; charset=windows-1252"),
    ],
)
def test_a_refusal_is_read_in_its_encoding(raw: bytes, content_type: str) -> None:
    with pytest.raises(Refused, match="für"):
        send(answer(None, 400, raw=raw, content_type=content_type))


def test_an_echoed_token_is_not_on_disk_and_the_answer_is_as_it_came() -> None:
    body = {"result": {"a": [TOKEN, 12345]}, "errors": {"b": [{"message": TOKEN}]}}
    with tempfile.TemporaryFile() as file:
        kept = Kept(file, Redactor([TOKEN, "12345"]))
        kept.write(json.dumps(body).encode())
        assert read_batch(kept.reader()).body == body
        file.seek(0)
        assert TOKEN.encode() not in file.read()
    assert send(answer(body))[0].body == body


ACCOUNT = {"environment_id": "e1", "integration": {"name": "hubspot"}, "status": "active"}


@pytest.mark.parametrize(
    ("account", "target", "body"),
    [
        ("a/1", "/integrated-account/a%2F1", ACCOUNT),
        (None, "/integrated-account?limit=1", {"result": [ACCOUNT]}),
    ],
)
def test_whose_token_it_is(account: str | None, target: str, body: object) -> None:
    with scripted(answer(body)) as api:
        found = asyncio.run(identify(Connection(api.url, TOKEN), account))
    assert found == Identity("e1", "hubspot", "active")
    assert api.asked[0].target == target


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (answer({}, 401), CredentialsError),
        (answer({}, 404), Refused),
        (answer([]), BadAnswer),
        (Closed(), ConnectionFailed),
    ],
)
def test_whoever_cannot_be_asked(given: Answer, error: type[BatchctlError]) -> None:
    with scripted(given) as api, pytest.raises(error):
        asyncio.run(identify(Connection(api.url, TOKEN), "a1"))


BATCH = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {ids: []}
resources:
  - {name: a, resource: crm/contacts, method: list}
  - {name: b, resource: crm/notes, method: list, depends_on: a, query: {contact: "{{resources.crm.contacts.id}}"}}
  - {name: c, resource: crm/calls, method: get, id: "{{args.ids}}", loop_on: args.ids}
  - {name: d, resource: pages, method: list}
"""
STEPS = prepare(BATCH).require_plan().steps


@pytest.mark.parametrize(
    ("body", "failed"),
    [
        ({}, ()),
        ({"result": {}}, ("a",)),
        ({"result": [], "errors": ""}, ("a",)),
        ({"result": {"a": []}}, ()),
        ({"result": {"a": [{"id": 1}]}}, ("b",)),
        ({"errors": {"a": [{"message": "no"}]}}, ("a",)),
        ({"result": {"a": []}, "errors": ["boom"]}, ("errors",)),
    ],
)
def test_a_unified_resource_that_made_a_call_is_in_the_answer(body: dict[str, object], failed: tuple[str, ...]) -> None:
    assert read_answer(body, STEPS, elapsed_s=0.0).failed == failed


def test_plain_http_when_told() -> None:
    assert Connection("http://api.example.com", TOKEN, allow_http=True).host == "api.example.com"


@pytest.mark.parametrize("url", ["ftp://x", "http://api.example.com", "https://u:p@x", "nonsense", ""])
def test_no_token_to_a_bad_address(url: str) -> None:
    with pytest.raises(UsageError):
        Connection(url, TOKEN)
