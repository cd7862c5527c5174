import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from batchctl.errors import BadAnswer, BatchctlError, ConnectionFailed, CredentialsError, Refused, TimedOut, UsageError
from batchctl.redaction import Redactor
from batchctl.service.answer import read_answer
from batchctl.service.client import BatchAnswer, Retries, submit
from batchctl.service.kept import Kept
from batchctl.truto.backoff import Backoff
from batchctl.truto.connection import Connection

TOKEN = "tok_very_secret"
Answer = Callable[[httpx.Request], httpx.Response]


def send(answer: Answer, *, repeatable: bool = False, waits: list[float] | None = None) -> BatchAnswer:
    connection = Connection("https://api.example.com", TOKEN)

    async def sleep(seconds: float) -> None:
        (waits if waits is not None else []).append(seconds)

    retries = Retries(Backoff(3), repeatable=repeatable, sleep=sleep, random=lambda: 0.5, now=lambda: 0.0)
    with tempfile.TemporaryFile() as file:
        work = submit(
            {"resources": []},
            connection,
            Kept(file, Redactor([TOKEN])),
            retries=retries,
            transport=httpx.MockTransport(answer),
        )
        return asyncio.run(work)


def in_turn(*answers: httpx.Response | type[Exception]) -> Answer:
    """One answer after the other."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        given = left.pop(0)
        if isinstance(given, httpx.Response):
            return given
        raise given("broken")

    return answer


def fail(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def wait(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


class CutOff(httpx.AsyncByteStream):
    """A body that breaks off behind ``data``."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def test_sends_one_post_with_the_token() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"result": {"a": [1]}}, headers={"x-request-id": "r1"})

    assert send(answer) == BatchAnswer({"result": {"a": [1]}}, "r1")
    assert [(one.method, one.url.path, one.headers["authorization"]) for one in seen] == [
        ("POST", "/batch-request", f"Bearer {TOKEN}")
    ]
    assert json.loads(seen[0].content) == {"resources": []}


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (fail, ConnectionFailed, "refused"),
        (wait, TimedOut, "300 s"),
        (lambda _: httpx.Response(401, json={"message": "bad token"}), CredentialsError, "Truto refused it"),
        (
            lambda _: httpx.Response(401, json={"message": "expired", "truto_is_remote_error": True}),
            Refused,
            "the provider behind the account",
        ),
        (lambda _: httpx.Response(502, text="<html>\x1b[31mbad"), Refused, "502"),
        (
            lambda _: httpx.Response(400, json={"message": "no"}, headers={"x-request-id": "r-9"}),
            Refused,
            "request r-9",
        ),
        (lambda _: httpx.Response(200, text="<html>"), BadAnswer, "not JSON"),
        (lambda _: httpx.Response(200, text=""), BadAnswer, "it is empty"),
        (lambda _: httpx.Response(200, text='{"result": {"a": [1, '), BadAnswer, "broke off after 21 bytes"),
        (lambda _: httpx.Response(200, json=[]), BadAnswer, "not an object"),
        (lambda _: httpx.Response(200, text="[" * 200_000), BadAnswer, "not JSON"),
        (lambda _: httpx.Response(302, headers={"location": "https://evil.example/x"}), Refused, "evil.example"),
    ],
)
def test_failures_are_sentences(answer: Answer, error: type[BatchctlError], said: str) -> None:
    with pytest.raises(error) as caught:
        send(answer)
    assert said in str(caught.value)
    assert TOKEN not in f"{caught.value}{caught.value.hint}"
    assert "\x1b" not in str(caught.value)


FINE = httpx.Response(200, json={"result": {}})


@pytest.mark.parametrize(
    ("answers", "repeatable", "waits"),
    [
        ([httpx.Response(429, headers={"retry-after": "7"}), FINE], True, [7.0]),
        ([httpx.Response(429), FINE], True, [10.0]),
        ([httpx.Response(502), httpx.Response(504), FINE], True, [0.5, 1.0]),
        ([httpx.ConnectError, FINE], False, [0.5]),
        ([httpx.ConnectTimeout, FINE], False, [0.5]),
        ([httpx.ReadError, FINE], True, [0.5]),
    ],
)
def test_sent_again_where_that_is_safe(
    answers: list[httpx.Response | type[Exception]], *, repeatable: bool, waits: list[float]
) -> None:
    waited: list[float] = []
    assert send(in_turn(*answers), repeatable=repeatable, waits=waited).body == {"result": {}}
    assert waited == waits


@pytest.mark.parametrize(
    ("answers", "repeatable", "error"),
    [
        ([httpx.Response(502)], False, Refused),
        ([httpx.Response(429)], False, Refused),
        ([httpx.ReadError], False, ConnectionFailed),
        ([httpx.ReadTimeout], True, TimedOut),
        ([httpx.Response(503)], True, Refused),
        ([httpx.Response(502)] * 4, True, Refused),
    ],
)
def test_not_sent_again(
    answers: list[httpx.Response | type[Exception]], *, repeatable: bool, error: type[BatchctlError]
) -> None:
    with pytest.raises(error):
        send(in_turn(*answers), repeatable=repeatable)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(200, text='{"result": {"a": [{"id": "x]"}, {"id": 2'),
        lambda _: httpx.Response(200, stream=CutOff(b'{"result": {"a": [{"id": "x]"}, {"id": 2')),
    ],
)
def test_what_came_of_an_answer_that_was_cut_off(answer: Answer) -> None:
    with pytest.raises(BadAnswer, match="broke off after 40 bytes") as caught:
        send(answer)
    assert caught.value.salvaged == {"result": {"a": [{"id": "x]"}]}}


def test_an_echoed_token_is_not_on_disk_and_the_answer_is_as_it_came() -> None:
    body = {"result": {"a": [TOKEN, 12345]}}
    with tempfile.TemporaryFile() as file:
        kept = Kept(file, Redactor([TOKEN, "12345"]))
        kept.write(httpx.Response(200, json=body).content)
        assert json.loads(kept.reader().read()) == body
        file.seek(0)
        assert TOKEN.encode() not in file.read()
    assert send(lambda _: httpx.Response(200, json=body)).body == body


def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://x")
    connection = Connection("https://api.example.com", TOKEN)
    with tempfile.TemporaryFile() as file, pytest.raises(UsageError, match="proxy"):
        asyncio.run(submit({}, connection, Kept(file, Redactor())))


def test_plain_http_when_told() -> None:
    assert Connection("http://api.example.com", TOKEN, allow_http=True).host == "api.example.com"


@pytest.mark.parametrize("url", ["ftp://x", "http://api.example.com", "https://u:p@x", "nonsense", ""])
def test_no_token_to_a_bad_address(url: str) -> None:
    with pytest.raises(UsageError):
        Connection(url, TOKEN)


@pytest.mark.parametrize("body", [{}, {"result": None, "errors": None}, {"result": [], "errors": ""}])
def test_odd_maps_are_empty(body: dict[str, object]) -> None:
    result = read_answer(body, ["a"], elapsed_s=0.0)  # type: ignore[arg-type]  # JSON values
    assert result.ok
    assert list(result.outcomes) == ["a"]
