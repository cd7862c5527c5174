import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.http import HttpBackend
from batchctl.errors import BadAnswer, ConnectionFailed, Refused, ServiceError, TimedOut, Unanswered
from batchctl.truto.calls import Call
from batchctl.truto.connection import Connection

TOKEN = "tok-very-secret"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"


def send(call: Call, transport: httpx.AsyncBaseTransport, *, timeout_s: float = 5, most_bytes: int = 1000) -> Reply:
    async def exchange() -> Reply:
        connection = Connection("https://api.example.com/v1/", TOKEN, timeout_s)
        backend = HttpBackend(connection, ACCOUNT, transport=transport, most_bytes=most_bytes)
        try:
            return await backend.send(call)
        finally:
            await backend.aclose()

    return asyncio.run(exchange())


def answer(call: Call, response: httpx.Response, **options: Any) -> Reply:
    return send(call, httpx.MockTransport(lambda _request: response), **options)


def request_of(call: Call) -> httpx.Request:
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    send(call, httpx.MockTransport(note))
    return seen[0]


GET = Call("crm/contacts", "get", "c-1")


@pytest.mark.parametrize(
    ("call", "method", "address"),
    [
        (Call("a/b", "list", query={"a": {"b": [1]}, "q": "x &"}), "GET", "/unified/a/b?{}&a[b][0]=1&q=x%20%26"),
        (Call("blocks", "list", query={"next_cursor": "=="}), "GET", "/proxy/blocks?{}&next_cursor=%3D%3D"),
        (Call("crm/contacts", "get", "a/b?ü"), "GET", "/unified/crm/contacts/a%2Fb%3F%C3%BC?{}"),
        (Call("crm/contacts", "update", "1", body={}), "PATCH", "/unified/crm/contacts/1?{}"),
        (Call("crm/contacts", "delete", "1"), "DELETE", "/unified/crm/contacts/1?{}"),
        (Call("pages", "search", body={}), "POST", "/proxy/pages/search?{}"),
    ],
)  # fmt: skip
def test_what_is_sent(call: Call, method: str, address: str) -> None:
    request = request_of(call)
    assert request.method == method
    sent = str(request.url)
    expected = "https://api.example.com/v1" + address.format(f"integrated_account_id={ACCOUNT}")
    assert sent.replace("%5B", "[").replace("%5D", "]") == expected
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_body_is_json_and_a_key_is_a_header() -> None:
    request = request_of(Call("crm/contacts", "create", body={"name": "Ü", "n": 2**70}, idempotency_key="k-1"))
    assert request.read() == b'{"name": "\\u00dc", "n": 1180591620717411303424}'
    assert request.headers["idempotency-key"] == "k-1"
    assert request.headers["content-length"] == str(len(request.content))


def test_a_get_has_neither_body_nor_key() -> None:
    request = request_of(GET)
    assert request.read() == b""
    assert "idempotency-key" not in request.headers


@pytest.mark.parametrize("record_id", ["", ".", "..", None])
def test_an_id_that_leads_elsewhere_is_not_sent(record_id: str | None) -> None:
    def never(_request: httpx.Request) -> httpx.Response:
        raise AssertionError("it was sent")

    reply = send(Call("crm/contacts", "delete", record_id), httpx.MockTransport(never))
    assert reply.status == 400
    assert "not sent" in str(reply.body)


def test_answers_keep_their_numbers() -> None:
    body = b'{"id": 123456789012345678901234567890, "x": 0.1}'
    assert answer(GET, httpx.Response(200, content=body)).body == {"id": 123456789012345678901234567890, "x": 0.1}


def test_no_content_is_null() -> None:
    assert answer(GET, httpx.Response(204)).body is None


def test_an_error_keeps_its_envelope_and_headers() -> None:
    reply = answer(GET, httpx.Response(429, json={"statusCode": 429}, headers={"Retry-After": "3"}))
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (429, {"statusCode": 429}, "3")


def test_an_error_page_is_an_excerpt() -> None:
    reply = answer(GET, httpx.Response(502, text="<html>\x1b[31m" + "x" * 900))
    assert reply.status == 502
    assert isinstance(reply.body, str)
    assert len(reply.body) < 250
    assert "\x1b" not in reply.body


@pytest.mark.parametrize("content", [b"<html>", b'{"a": NaN}', b'{"a": 1', b"[" * 900, b"\xff\xfe\x00"])
def test_an_answer_that_is_not_json(content: bytes) -> None:
    with pytest.raises(BadAnswer, match="is not JSON"):
        answer(GET, httpx.Response(200, content=content))


def test_an_answer_that_is_too_large() -> None:
    with pytest.raises(BadAnswer, match="larger than 1,000 bytes"):
        answer(GET, httpx.Response(200, json=["x" * 1000]))


def test_a_small_answer_that_unpacks_to_a_large_one() -> None:
    import gzip

    packed = gzip.compress(b'["' + b"x" * 100_000 + b'"]')
    assert len(packed) < 1000
    with pytest.raises(BadAnswer, match="larger than"):
        answer(GET, httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}))


def test_a_redirect_is_refused_and_not_followed() -> None:
    asked: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.example/x"})

    with pytest.raises(Refused, match=r"redirects to evil\.example, where the token is not sent"):
        send(GET, httpx.MockTransport(redirect))
    assert asked == ["api.example.com"]


def raising(error: type[httpx.RequestError]) -> Callable[[httpx.Request], httpx.Response]:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    return fail


@pytest.mark.parametrize(
    ("error", "expected", "sent"),
    [
        (httpx.ConnectError, ConnectionFailed, False),
        (httpx.ProxyError, ConnectionFailed, False),
        (httpx.ConnectTimeout, TimedOut, False),
        (httpx.PoolTimeout, TimedOut, False),
        (httpx.ReadTimeout, TimedOut, True),
        (httpx.WriteTimeout, TimedOut, True),
        (httpx.ReadError, ConnectionFailed, True),
        (httpx.WriteError, ConnectionFailed, True),
        (httpx.RemoteProtocolError, ConnectionFailed, True),
    ],
)
def test_failures_say_whether_the_request_was_sent(
    error: type[httpx.RequestError], expected: type[Unanswered], *, sent: bool
) -> None:
    with pytest.raises(expected) as caught:
        send(GET, httpx.MockTransport(raising(error)))
    assert caught.value.sent is sent


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.DecodingError, BadAnswer),
        (httpx.LocalProtocolError, ServiceError),
        (httpx.UnsupportedProtocol, ServiceError),
    ],
)
def test_failures_that_another_try_would_not_mend(
    error: type[httpx.RequestError], expected: type[ServiceError]
) -> None:
    with pytest.raises(expected) as caught:
        send(GET, httpx.MockTransport(raising(error)))
    assert not isinstance(caught.value, Unanswered)


class Endless(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()


def test_a_call_has_its_time_as_a_whole() -> None:
    with pytest.raises(TimedOut, match=r"within 0\.01 s"):
        answer(GET, httpx.Response(200, stream=Endless()), timeout_s=0.01)


def test_half_a_character_is_a_sentence() -> None:
    with pytest.raises(ServiceError, match="surrogate"):
        answer(Call("a/b", "list", query={"q": "\ud800"}), httpx.Response(200))


def test_errors_never_show_the_token() -> None:
    with pytest.raises(ServiceError) as caught:
        send(GET, httpx.MockTransport(raising(httpx.ReadError)))
    assert TOKEN not in str(caught.value)
