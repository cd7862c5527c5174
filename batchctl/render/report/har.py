"""``--trace FILE.har``: calls as an HTTP archive, which browsers and proxies open.

The format is HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Secrets are masked, the token is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import batchctl
from batchctl.engine.response_text import run_json
from batchctl.json_types import write_json
from batchctl.render.result.exported import Exported
from batchctl.structs import Struct, field
from batchctl.truto.calls import call_path
from batchctl.truto.query_string import query_pairs, query_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.engine.backends.recording import RecordedCall
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redactor

# A browser shows no more of an answer than this, and holds all of an archive in memory.
_MAX_TEXT_BYTES = 4 << 20


class HttpExchange(Struct, frozen=True):
    """One request and its response for an HTTP archive, secrets masked.

    ``began`` is Unix time in seconds, ``took_s`` how long the response took. ``query`` has the parameters; ``body`` and
    ``text`` are the JSON of request and response. ``status`` is 0, as in browsers, and ``text`` empty where no response
    came. ``headers`` are those of the response, ``comment`` is a remark for readers.
    """

    method: str
    url: str
    began: float
    took_s: float
    status: int
    text: str = ""
    query: JsonObject = field(default_factory=dict)
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


def har_text(exchanges: Iterable[HttpExchange]) -> str:
    """The exchanges as an HTTP archive: JSON text of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/)."""
    entries: list[JsonValue] = list(map(_entry, exchanges))
    creator: JsonObject = {"name": "batchctl", "version": batchctl.__version__}
    log: JsonObject = {"version": "1.2", "creator": creator, "entries": entries}
    return write_json({"log": log}, indent=1) + "\n"


def call_exchange(each: RecordedCall, base_url: str, account: str, redactor: Redactor) -> HttpExchange:
    """A call of the embedded engine and its response, for an HTTP archive; ``redactor`` masks secrets.

    ``base_url`` is the API's, ``account`` the id of the integrated account of calls that name none.
    """
    call, reply = each.call, each.reply
    path = call_path(call.resource, call.method, None if call.id is None else redactor.text(call.id))
    query: JsonObject = {"integrated_account_id": redactor.text(call.account or account), **redactor.data(call.query)}
    headers: JsonObject = dict(reply.headers) if reply else {}
    return HttpExchange(
        call.http_method,
        f"{base_url.rstrip('/')}{path}?{query_string(query)}",
        each.began,
        each.took_s,
        reply.status if reply else 0,
        "" if reply is None or reply.body is None else write_json(redactor.data(reply.body)),
        query,
        None if call.body is None else write_json(redactor.data(call.body)),
        {name: str(value) for name, value in redactor.data(headers).items()},
        f"{call.node}: {reply.retries} retries" if reply is not None and reply.retries else call.node,
    )


def batch_exchange(
    payload: JsonObject, result: RunResult, base_url: str, began: float, redactor: Redactor
) -> HttpExchange:
    """The one request of a batch that ran on Truto, for an HTTP archive; a response of more than 4 MiB is left out.

    ``payload`` is the body that was sent, ``base_url`` the API's, ``began`` Unix time in seconds.
    """
    pieces, size = [], 0
    for piece in run_json(Exported(result, redactor, mask=True).result):
        pieces.append(piece)
        size += len(piece)
        if size > _MAX_TEXT_BYTES:
            break
    is_whole = size <= _MAX_TEXT_BYTES
    return HttpExchange(
        "POST",
        f"{base_url.rstrip('/')}/batch-request",
        began,
        result.elapsed_s,
        HTTPStatus.OK,
        "".join(pieces) if is_whole else "",
        body=write_json(redactor.data(payload)),
        headers={"x-request-id": redactor.text(result.request_id)} if result.request_id else {},
        comment="" if is_whole else "the answer is larger than 4 MiB and left out; --out keeps it",
    )


def _entry(each: HttpExchange) -> JsonObject:
    pairs: list[JsonValue] = [{"name": name, "value": text} for name, text in query_pairs(each.query)]
    request: JsonObject = {
        "method": each.method,
        "url": each.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": "accept", "value": "application/json"}],
        "queryString": pairs,
        "headersSize": -1,
        "bodySize": -1,
    }
    if each.body is not None:
        request["postData"] = {"mimeType": "application/json", "text": each.body}
    took_ms = round(each.took_s * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(each.began, UTC).isoformat(timespec="milliseconds"),
        "time": took_ms,
        "request": request,
        "response": _response(each),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        "comment": each.comment,
    }


def _response(each: HttpExchange) -> JsonObject:
    headers: list[JsonValue] = [
        {"name": name, "value": value} for name, value in each.headers.items() if name != "set-cookie"
    ]
    size = len(each.text.encode("utf-8", "replace"))
    return {
        "status": each.status,
        "statusText": _phrase(each.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "content": {"size": size, "mimeType": "application/json", "text": each.text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
