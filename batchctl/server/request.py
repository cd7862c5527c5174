"""A request as it came in, and the refusals that need no route."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from batchctl.json_types import NotJson, read_json
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from batchctl.json_types import JsonObject, JsonValue

    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MAX_BYTES = 32 * 2**20
_MAX_DIGITS = 20
_MAX_DEPTH = 10
_KEYS = lazy_regex(r"\[([^\[\]]*)\]")


class Refusal(Exception):
    """Raised for a request that is answered with an error: this HTTP status, message, and further headers."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class Request(Struct):
    """A request to the server, taken apart.

    ``segments`` are those of its path, each decoded by itself (``a%2Fb`` is one). ``target`` is path and query as they
    were sent, ``query_string`` the query, undecoded; names of ``headers`` are in lower case; ``client`` is the caller's
    address.
    """

    method: str
    target: str
    segments: list[str]
    query_string: str
    headers: dict[str, str]
    client: str
    body: bytes = b""

    def require(self, *methods: str) -> None:
        """Raise ``Refusal`` (405) unless the method is one of ``methods``; HEAD counts as GET."""
        if self.method not in methods and not (self.method == "HEAD" and "GET" in methods):
            raise Refusal(405, f"{self.method[:20]} is not possible here", {"allow": ", ".join(methods)})

    def query(self) -> JsonObject:
        """The query as nested objects and lists: ``a[b]=c&d[]=1&d[]=2`` → ``{"a": {"b": "c"}, "d": ["1", "2"]}``.

        Raises ``Refusal`` (400) for a name that is both a value and an object, or nests too deep, and for text that is
        not UTF-8.
        """
        return read_query(self.query_string)

    def json(self) -> JsonValue:
        """The value in the body, None for an empty one. Raises ``Refusal`` (400) for what is no JSON."""
        if not self.body.strip():
            return None
        try:
            return read_json(self.body, finite_only=True)
        except NotJson as error:
            raise Refusal(400, f"the body is not JSON: {error}") from None


def read_request(scope: MutableMapping[str, Any]) -> Request:
    """A request without its body, from its ASGI scope (https://asgi.readthedocs.io/en/latest/specs/www.html)."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    client = scope.get("client")
    return Request(
        method=scope["method"],
        target=f"{path}?{query}" if query else path,
        segments=[unquote(segment) for segment in path.strip("/").split("/")],
        query_string=query,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        client=str(client[0]) if client else "",
    )


async def read_body(receive: Receive, *, within_s: float, announced: str = "") -> bytes:
    """The body of a request, from the function that ASGI gives an application to receive it.

    ``announced`` is its ``Content-Length`` (empty for none), by which one that is too large is refused at once. Raises
    ``Refusal``: 413 for one that is larger than 32 MiB, 408 for one that takes longer than ``within_s`` seconds, 400
    for one that breaks off.
    """
    if announced.isascii() and announced.isdigit() and (len(announced) > _MAX_DIGITS or int(announced) > MAX_BYTES):
        raise _too_large()
    message = await _next(receive, within_s)
    if not message.get("more_body"):
        return _bounded(message.get("body", b""))
    data = bytearray(message.get("body", b""))
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while message.get("more_body"):
        message = await _next(receive, deadline - loop.time())
        data.extend(message.get("body", b""))
        _bounded(data)
    return bytes(data)


async def _next(receive: Receive, within_s: float) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(within_s):
            message = await receive()
    except TimeoutError:
        raise Refusal(408, "the body did not come in time", {"connection": "close"}) from None
    if message["type"] == "http.disconnect":
        raise Refusal(400, "the connection was closed within the body")
    return message


def _too_large() -> Refusal:
    return Refusal(413, "the body is larger than 32 MiB", {"connection": "close"})


def _bounded(data: bytes | bytearray) -> bytes:
    if len(data) > MAX_BYTES:
        raise _too_large()
    return data if isinstance(data, bytes) else b""


def read_query(text: str) -> JsonObject:
    """A query string as nested objects and lists.

    ``a[b]=c`` → ``{"a": {"b": "c"}}``; ``a[]=x&a[]=y``, ``a[0]=x&a[1]=y`` and ``a=x&a=y`` → ``{"a": ["x", "y"]}``.
    ``a[][b]=x`` → ``{"a": [{"b": "x"}]}``: a key that the last object already has begins the next one. Raises
    ``Refusal`` (400) for a name that is both a value and an object, or nests too deep, and for text that is not UTF-8.
    """
    query: JsonObject = {}
    for name, value in _pairs(text):
        head, keys = _steps(name)
        if len(keys) > _MAX_DEPTH:
            raise Refusal(400, "the query nests too deep")
        _put(query, head, keys, value, name)
    return {key: _listed(value) for key, value in query.items()}


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError:
        raise Refusal(400, "the query is not UTF-8 text of at most 10,000 names") from None
    return pairs


def _steps(name: str) -> tuple[str, list[str]]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return name, []
    keys = _KEYS.findall(bracket + rest)
    if not head or "".join(f"[{key}]" for key in keys) != bracket + rest:
        return name, []
    return head, keys


def _put(owner: JsonObject, name: str, keys: list[str], value: str, whole: str) -> None:
    if not keys:
        known = owner.get(name)
        if known is None:
            owner[name] = value
        elif isinstance(known, str):
            owner[name] = [known, value]
        elif isinstance(known, list):
            known.append(value)
        else:
            raise Refusal(400, f"the query gives {whole[:80]} two shapes")
        return
    if keys[0] == "":
        items = owner.setdefault(name, [])
        if not isinstance(items, list):
            raise Refusal(400, f"the query gives {whole[:80]} two shapes")
        if len(keys) == 1:
            items.append(value)
            return
        last = items[-1] if items else None
        if not isinstance(last, dict) or keys[1] in last:
            last = {}
            items.append(last)
        _put(last, keys[1], keys[2:], value, whole)
        return
    inner = owner.setdefault(name, {})
    if not isinstance(inner, dict):
        raise Refusal(400, f"the query gives {whole[:80]} two shapes")
    _put(inner, keys[0], keys[1:], value, whole)


def _listed(value: JsonValue) -> JsonValue:
    """Objects whose keys are 0, 1, 2… are lists."""
    if isinstance(value, list):
        return [_listed(item) for item in value]
    if not isinstance(value, dict):
        return value
    items = {key: _listed(item) for key, item in value.items()}
    return list(items.values()) if list(items) == [str(index) for index in range(len(items))] else items
