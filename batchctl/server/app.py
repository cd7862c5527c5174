"""The ASGI application: ``/batch-request``, ``/unified/…`` and ``/proxy/…``. The one place that knows starlette."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from batchctl.errors import BatchctlError, ServiceError
from batchctl.json_types import NotJson, read_json, write_json
from batchctl.server.batch import answer_batch
from batchctl.server.idempotency import GivenAnswers
from batchctl.truto.calls import Call
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from batchctl.engine.backends.base import Backend
    from batchctl.json_types import JsonObject, JsonValue

_MOST_BYTES = 32 * 2**20
_DEEPEST = 10
_METHODS = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"]
_ONE_RECORD = {"GET": "get", "PATCH": "update", "DELETE": "delete"}
_COLLECTION = {"GET": "list", "POST": "create"}


class _Refusal(Exception):
    """A request that gets an error envelope."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def make_app(backend: Backend, *, token: str | None = None) -> Starlette:
    """Truto's routes over ``backend``. With a ``token``, every request must bring it as its bearer token.

    A write that brings an ``Idempotency-Key`` a second time gets the first answer again, and does nothing.
    """
    given = GivenAnswers()

    async def handle(request: Request) -> Response:
        try:
            _require_token(request, token)
            data = await _body(request)
        except _Refusal as error:
            return _json(error.status, make_envelope(error.status, str(error)))
        key = request.headers.get("idempotency-key")
        if not key or request.method == "GET":
            return await answer(request, data)
        account = request.headers.get("authorization", "")
        name = (account, request.method, request.url.path, key)
        return await given.once(name, lambda: answer(request, data))

    async def answer(request: Request, data: bytes) -> Response:
        try:
            return await _answer(request, data, backend)
        except _Refusal as error:
            return _json(error.status, make_envelope(error.status, str(error)))
        except ServiceError as error:
            return _json(502, make_envelope(502, str(error)))
        except BatchctlError as error:
            return _json(500, make_envelope(500, str(error)))
        except Exception as error:  # noqa: BLE001 - the contract is an envelope on every failure
            return _json(500, make_envelope(500, f"a bug in batchctl ({type(error).__name__})"))

    return Starlette(routes=[Route("/{path:path}", handle, methods=_METHODS)])


async def _answer(request: Request, data: bytes, backend: Backend) -> Response:
    segments = _segments(request)
    if segments == ["batch-request"]:
        if request.method != "POST":
            raise _Refusal(405, "/batch-request takes POST")
        return _json(*await answer_batch(data, backend))
    call = _call(request.method, segments, _query(request), data)
    reply = await backend.send(call)
    return _json(reply.status, reply.body, reply.headers)


def _require_token(request: Request, token: str | None) -> None:
    given = request.headers.get("authorization", "").encode()
    if token is not None and not hmac.compare_digest(given, f"Bearer {token}".encode()):
        raise _Refusal(401, "the bearer token is missing or wrong")


def _segments(request: Request) -> list[str]:
    """The path's segments, decoded one by one: ``a%2Fb`` is one."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.decode("latin-1").split("?")[0].strip("/")
    return [unquote(segment) for segment in path.split("/")]


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data.extend(chunk)
        if len(data) > _MOST_BYTES:
            raise _Refusal(413, "the body is larger than 32 MiB")
    return bytes(data)


def _call(http_method: str, segments: list[str], query: JsonObject, data: bytes) -> Call:
    size = {"unified": 2, "proxy": 1}.get(segments[0], 0)
    rest = segments[1 + size :]
    if not size or len(segments) <= size or len(rest) > 1 or "" in segments:
        raise _Refusal(404, f"no such route: {http_method} /{'/'.join(segments)[:200]}")
    if not query.pop("integrated_account_id", None):
        raise _Refusal(400, "the query parameter integrated_account_id is missing")
    resource = "/".join(segments[1 : 1 + size])
    if not rest:
        method, record_id = _COLLECTION.get(http_method), None
    elif http_method == "POST":
        method, record_id = rest[0], None
    else:
        method, record_id = _ONE_RECORD.get(http_method), rest[0]
    if method is None:
        raise _Refusal(405, f"{http_method} is not possible here")
    return Call(resource, method, record_id, query, _decoded(data))


def _decoded(data: bytes) -> JsonValue:
    if not data.strip():
        return None
    try:
        return read_json(data)
    except NotJson as error:
        raise _Refusal(400, f"the body is not JSON: {error}") from None


def _query(request: Request) -> JsonObject:
    """``a[b]=c`` → ``{"a": {"b": "c"}}``, ``a[0]=x`` → ``{"a": ["x"]}``."""
    query: JsonObject = {}
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True):
        head, _, tail = name.partition("[")
        keys = re.findall(r"([^\[\]]*)\]", tail)
        if len(keys) > _DEEPEST:
            raise _Refusal(400, "the query nests too deep")
        here = query
        steps = [head, *keys]
        for step in steps[:-1]:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                raise _Refusal(400, f"the query gives {name[:80]} two shapes")
            here = inner
        here[steps[-1]] = value
    return {key: _listed(value) for key, value in query.items()}


def _listed(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return value
    items = {key: _listed(item) for key, item in value.items()}
    return list(items.values()) if list(items) == [str(index) for index in range(len(items))] else items


def _json(status: int, body: JsonValue, headers: Mapping[str, str] | None = None) -> Response:
    text = write_json(body).encode("utf-8", "replace")
    return Response(text, status, dict(headers or {}), media_type="application/json")
