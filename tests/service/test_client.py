import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from batchctl.errors import BadAnswer, BatchctlError, ConnectionFailed, CredentialsError, Refused, TimedOut, UsageError
from batchctl.service.answer import read_answer
from batchctl.service.client import BatchAnswer, Connection, submit

TOKEN = "tok_very_secret"


def send(answer: Callable[[httpx.Request], httpx.Response]) -> BatchAnswer:
    connection = Connection("https://api.example.com", TOKEN)
    return asyncio.run(submit({"resources": []}, connection, transport=httpx.MockTransport(answer)))


def fail(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def wait(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


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
        (lambda _: httpx.Response(200, text="<html>"), BadAnswer, "not JSON"),
        (lambda _: httpx.Response(200, text='{"result": {"a": [1, '), BadAnswer, "not JSON"),
        (lambda _: httpx.Response(200, json=[]), BadAnswer, "not an object"),
        (lambda _: httpx.Response(302, headers={"location": "https://evil.example/x"}), Refused, "evil.example"),
    ],
)
def test_failures_are_sentences(
    answer: Callable[[httpx.Request], httpx.Response], error: type[BatchctlError], said: str
) -> None:
    with pytest.raises(error) as caught:
        send(answer)
    assert said in str(caught.value)
    assert TOKEN not in f"{caught.value}{caught.value.hint}"
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://x", "http://api.example.com", "https://u:p@x", "nonsense", ""])
def test_no_token_to_a_bad_address(url: str) -> None:
    with pytest.raises(UsageError):
        Connection(url, TOKEN)


@pytest.mark.parametrize("body", [{}, {"result": None, "errors": None}, {"result": [], "errors": ""}])
def test_odd_maps_are_empty(body: dict[str, object]) -> None:
    result = read_answer(body, ["a"], elapsed_s=0.0)  # type: ignore[arg-type]  # JSON values
    assert result.ok
    assert list(result.outcomes) == ["a"]
