import asyncio
import gzip
import zlib

import pytest
from scripted_api import Answer, Asked, Closed, Silent, answer, scripted

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.http import HttpBackend
from batchctl.errors import BadAnswer, ConnectionFailed, NotSent, Refused, ServiceError, TimedOut, Unanswered
from batchctl.truto.calls import Call
from batchctl.truto.connection import Connection, Timeouts
from batchctl.truto.unpacking import Bounds

TOKEN = "tok-very-secret"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
GET = Call("crm/contacts", "get", "c-1")
LIST = Call("crm/contacts", "list")
PATIENT = Timeouts(5, 5)
QUICK = Timeouts(connect_s=5, silence_s=0.05)


def exchange(
    call: Call, *answers: Answer, timeouts: Timeouts = PATIENT, most_bytes: int = 1000, times: int = 1
) -> tuple[Reply, list[Asked]]:
    async def send(url: str) -> Reply:
        backend = HttpBackend(Connection(f"{url}/v1/", TOKEN, timeouts), ACCOUNT, bounds=Bounds(most_bytes))
        try:
            for _ in range(times):
                reply = await backend.send(call)
            return reply
        finally:
            await backend.aclose()

    with scripted(*answers) as api:
        return asyncio.run(send(api.url)), api.asked


def request_of(call: Call) -> Asked:
    _, (asked,) = exchange(call, answer({"result": []}))
    return asked


@pytest.mark.parametrize(
    ("call", "method", "address"),
    [
        (Call("a/b", "list", query={"a": {"b": [1]}, "q": "x &"}), "GET", "/unified/a/b?{}&a[b][]=1&q=x%20%26"),
        (Call("a/b", "list", query={"id": ["x", "y"]}), "GET", "/unified/a/b?{}&id[]=x&id[]=y"),
        (Call("blocks", "list", query={"next_cursor": "=="}), "GET", "/proxy/blocks?{}&next_cursor=%3D%3D"),
        (Call("crm/contacts", "get", "a/b?ü"), "GET", "/unified/crm/contacts/a%2Fb%3F%C3%BC?{}"),
        (Call("crm/contacts", "update", "1", body={}), "PATCH", "/unified/crm/contacts/1?{}"),
        (Call("crm/contacts", "delete", "1"), "DELETE", "/unified/crm/contacts/1?{}"),
        (Call("pages", "search", body={}), "POST", "/proxy/pages/search?{}"),
    ],
)  # fmt: skip
def test_what_is_sent(call: Call, method: str, address: str) -> None:
    asked = request_of(call)
    assert asked.method == method
    assert asked.target == "/v1" + address.format(f"integrated_account_id={ACCOUNT}")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["accept-encoding"] == "gzip, deflate"
    assert asked.headers["user-agent"].startswith("batchctl/")


def test_a_body_is_json_and_a_key_is_a_header() -> None:
    asked = request_of(Call("crm/contacts", "create", body={"name": "Ü", "n": 2**70}, idempotency_key="k-1"))
    assert asked.body == b'{"name": "\\u00dc", "n": 1180591620717411303424}'
    assert asked.headers["idempotency-key"] == "k-1"
    assert asked.headers["content-type"] == "application/json"


def test_a_get_has_neither_body_nor_key() -> None:
    asked = request_of(GET)
    assert asked.body == b""
    assert not {"idempotency-key", "content-type", "content-length"} & asked.headers.keys()


@pytest.mark.parametrize(
    "call",
    [
        *(Call("crm/contacts", "delete", record_id) for record_id in ("", ".", "..")),
        Call("crm/contacts", "get"),
        *(Call(resource, "list") for resource in ("..", ".", "", "crm/..", "a//b")),
    ],
)
def test_a_call_that_leads_elsewhere_is_not_sent(call: Call) -> None:
    with scripted(answer()) as api:
        backend = HttpBackend(Connection(api.url, TOKEN), ACCOUNT)
        with pytest.raises(NotSent, match="not sent: "):
            asyncio.run(backend.send(call))
        assert not api.asked


def test_answers_keep_their_numbers() -> None:
    reply, _ = exchange(GET, answer(raw=b'{"id": 123456789012345678901234567890, "x": 0.1}'))
    assert reply.body == {"id": 123456789012345678901234567890, "x": 0.1}


@pytest.mark.parametrize("response", [answer(raw=b""), answer(raw=b" \r\n"), answer(raw=b"", status=204)])
def test_no_content_is_null(response: bytes) -> None:
    assert exchange(GET, response)[0].body is None


def test_an_error_keeps_its_envelope_and_headers() -> None:
    reply, _ = exchange(GET, answer({"statusCode": 429}, 429, Retry_After="3"))
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (429, {"statusCode": 429}, "3")


def test_an_error_page_is_an_excerpt() -> None:
    reply, _ = exchange(GET, answer(raw=b"<html>\x1b[31m" + b"x" * 900, status=502))
    assert reply.status == 502
    assert isinstance(reply.body, str)
    assert len(reply.body) < 250
    assert "\x1b" not in reply.body


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b'\xef\xbb\xbf{"message": "f\xc3\xbcr"}', "application/json"),
        (b'{"message": "f\xfcr"}', "application/json; charset=ISO-8859-1"),
        ('{"message": "für"}'.encode("utf-16"), "application/json"),
        ('{"message": "für"}'.encode("utf-16-le"), "application/json; charset=utf-16le"),
    ],
)
def test_an_error_is_read_in_its_encoding(data: bytes, content_type: str) -> None:
    assert exchange(GET, answer(raw=data, status=400, content_type=content_type))[0].body == {"message": "für"}


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"f\xfcr", "text/html; charset=windows-1252"),
        ("für".encode(), "text/plain"),
        ("für".encode(), "x; charset=klingon"),
    ],
)
def test_a_page_in_place_of_an_error_too(data: bytes, content_type: str) -> None:
    assert exchange(GET, answer(raw=data, status=502, content_type=content_type))[0].body == "für"


@pytest.mark.parametrize("content", [b"<html>", b'{"a": NaN}', b'{"a": 1', b"[" * 900, b'{"a": 1} {"b": 2}'])
def test_an_answer_that_is_not_json(content: bytes) -> None:
    with pytest.raises(BadAnswer, match="is not JSON"):
        exchange(GET, answer(raw=content))


def test_nan_is_named() -> None:
    with pytest.raises(BadAnswer, match="is not JSON: NaN"):
        exchange(GET, answer(raw=b'{"a": NaN}'))


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b'\xef\xbb\xbf{"id": "Gr\xc3\xbcn"}', "application/json"),
        (b'{"id": "Gr\xfcn"}', "application/json; charset=ISO-8859-1"),
        ('{"id": "Grün"}'.encode("utf-16"), "application/json"),
        ('{"id": "Grün"}'.encode("utf-16-le"), "application/json; charset=UTF-8"[:16]),
        ('{"id": "Grün"}'.encode(), 'application/json; charset="utf-8"'),
    ],
)
def test_encodings(data: bytes, content_type: str) -> None:
    assert exchange(GET, answer(raw=data, content_type=content_type))[0].body == {"id": "Grün"}


@pytest.mark.parametrize(
    ("data", "content_type", "said"),
    [
        (b'{"id": "Gr\xfcn"}', "application/json", "is not UTF-8 at byte 10"),
        (b"{}{}", "application/json; charset=klingon", "in the charset 'klingon'"),
    ],
)
def test_text_that_cannot_be_read(data: bytes, content_type: str, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        exchange(GET, answer(raw=data, content_type=content_type))


def test_an_answer_that_is_too_large() -> None:
    with pytest.raises(BadAnswer, match="larger than 1,000 bytes"):
        exchange(GET, answer(["x" * 1000]))


PACKED = {
    "gzip": gzip.compress(b'{"id": 1}'),
    "x-gzip": gzip.compress(b'{"id"') + gzip.compress(b": 1}"),
    "deflate": zlib.compress(b'{"id": 1}'),
    "Deflate": zlib.compress(b'{"id": 1}', wbits=-15),
    "identity": b'{"id": 1}',
}


@pytest.mark.parametrize("coding", PACKED)
def test_packed_answers(coding: str) -> None:
    assert exchange(GET, answer(raw=PACKED[coding], content_encoding=coding))[0].body == {"id": 1}


@pytest.mark.parametrize(
    ("coding", "data", "said"),
    [
        ("gzip", gzip.compress(b'["' + b"x" * 100_000 + b'"]'), "larger than 1,000 bytes"),
        ("gzip", b'{"id": 1}', "is not gzip"),
        ("gzip", PACKED["gzip"][:-9], "its gzip has no end"),
        ("br", b"\x0b\x02\x80{}\x03", "packed as 'br'"),
    ],
    ids=["too large", "no gzip", "cut off", "another coding"],
)
def test_packed_answers_that_cannot_be_read(coding: str, data: bytes, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        exchange(GET, answer(raw=data, content_encoding=coding))


def test_an_answer_that_unpacks_to_far_too_much() -> None:
    bomb = gzip.compress(b" " * (32 << 20))
    with pytest.raises(BadAnswer, match="more than 200 times its size"):
        exchange(GET, answer(raw=bomb, content_encoding="gzip"), most_bytes=1 << 30)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://evil.example/x", r"redirects to evil\.example, where the token is not sent"),
        ("/v1/unified/crm/contacts/c-1/", "redirects to another path on the same host, /v1/unified/crm/contacts/c-1/"),
        ("https://user:p@Evil.example:8443/x", r"redirects to Evil\.example:8443, where the token is not sent"),
        ("https://[::1", "redirects to an address that can't be read, where the token is not sent"),
        ("", "answered 307 Temporary Redirect, without an address to go to"),
    ],
)
def test_a_redirect_is_refused_and_not_followed(location: str, said: str) -> None:
    with scripted(answer({}, 307, location=location)) as api:
        backend = HttpBackend(Connection(api.url + "/v1", TOKEN), ACCOUNT)

        async def send() -> None:
            try:
                await backend.send(GET)
            finally:
                await backend.aclose()

        with pytest.raises(Refused, match=said):
            asyncio.run(send())
        assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (304, "answered 304 Not Modified, which refers to an answer that batchctl does not have"),
        (300, "answered 300 Multiple Choices, without an address to go to"),
        (399, "answered 399, without an address to go to"),
    ],
)
def test_what_leads_nowhere_is_no_redirect(status: int, said: str) -> None:
    with pytest.raises(Refused, match=said):
        exchange(GET, answer(raw=b"", status=status))


def test_nobody_listens() -> None:
    async def send() -> None:
        backend = HttpBackend(Connection("http://127.0.0.1:1", TOKEN), ACCOUNT)
        try:
            await backend.send(GET)
        finally:
            await backend.aclose()

    with pytest.raises(ConnectionFailed, match="the connection is refused") as caught:
        asyncio.run(send())
    assert not caught.value.sent


@pytest.mark.parametrize(
    ("given", "error", "sent"),
    [
        (Closed(), ConnectionFailed, True),
        (Closed(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), ConnectionFailed, True),
        (Silent(), TimedOut, True),
        (Silent(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), TimedOut, True),
    ],
)
def test_failures_say_whether_the_request_was_sent(given: Answer, error: type[Unanswered], *, sent: bool) -> None:
    with pytest.raises(error) as caught:
        exchange(GET, given, timeouts=QUICK)
    assert caught.value.sent is sent
    assert TOKEN not in str(caught.value)


def test_what_is_no_http_is_said() -> None:
    with pytest.raises(BadAnswer, match="is not HTTP"):
        exchange(GET, Closed(b"SSH-2.0-OpenSSH_9.6\r\n"))


def test_silence_and_the_whole_call_have_a_time_each() -> None:
    part = Silent(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
    with pytest.raises(TimedOut, match=r"nothing came from 127\.0\.0\.1:\d+ for 0\.05 s"):
        exchange(GET, part, timeouts=QUICK)
    with pytest.raises(TimedOut, match=r"no whole answer from .* within 0\.05 s"):
        exchange(GET, part, timeouts=Timeouts(5, 5, call_s=0.05))


def test_half_a_character_is_a_sentence() -> None:
    with pytest.raises(ServiceError, match="surrogate"):
        exchange(Call("a/b", "list", query={"q": "\ud800"}), answer())


def test_a_delete_is_never_repeated_by_the_client() -> None:
    with scripted(answer({"id": "1"}), Closed(), answer({"id": "1"})) as api:
        backend = HttpBackend(Connection(api.url, TOKEN), ACCOUNT)

        async def delete_twice() -> None:
            call = Call("crm/contacts", "delete", "1")
            try:
                await backend.send(call)
                await backend.send(call)
            finally:
                await backend.aclose()

        with pytest.raises(ConnectionFailed):
            asyncio.run(delete_twice())
        assert [one.method for one in api.asked] == ["DELETE", "DELETE"]


def test_cookies_are_not_kept() -> None:
    _, asked = exchange(GET, answer({}, set_cookie="a=b; Path=/"), times=2)
    assert len(asked) == 2
    assert not any("cookie" in one.headers for one in asked)
