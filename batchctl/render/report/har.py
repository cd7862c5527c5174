"""``--trace FILE.har``: calls as an HTTP archive, which browsers and proxies open.

The format is HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Secrets are masked, the token is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import batchctl
from batchctl.json_types import write_json
from batchctl.truto.query_string import query_pairs, query_string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.engine.backends.recording import RecordedCall
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.redaction import Redactor


def har_text(calls: Iterable[RecordedCall], base_url: str, account: str, redactor: Redactor) -> str:
    """The archive; ``base_url`` is the API's, ``account`` the integrated account of all calls."""
    entries: list[JsonValue] = [_entry(each, base_url.rstrip("/"), account, redactor) for each in calls]
    creator: JsonObject = {"name": "batchctl", "version": batchctl.__version__}
    log: JsonObject = {"version": "1.2", "creator": creator, "entries": entries}
    return write_json({"log": log}, indent=1) + "\n"


def _entry(each: RecordedCall, base_url: str, account: str, redactor: Redactor) -> JsonObject:
    call, reply = each.call, each.reply
    query: JsonObject = {"integrated_account_id": account, **_masked(call.query, redactor)}
    pairs: list[JsonValue] = [{"name": name, "value": text} for name, text in query_pairs(query)]
    request: JsonObject = {
        "method": call.http_method,
        "url": f"{base_url}{call.path}?{query_string(query)}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": "accept", "value": "application/json"}],
        "queryString": pairs,
        "headersSize": -1,
        "bodySize": -1,
    }
    if call.body is not None:
        request["postData"] = {"mimeType": "application/json", "text": write_json(redactor.data(call.body))}
    took_ms = round(each.took_s * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(each.began, UTC).isoformat(timespec="milliseconds"),
        "time": took_ms,
        "request": request,
        "response": _response(each, redactor),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        "comment": f"{call.node}: {reply.retries} retries" if reply is not None and reply.retries else call.node,
    }


def _response(each: RecordedCall, redactor: Redactor) -> JsonObject:
    """The answer; status 0, as browsers have it, where there was none."""
    reply = each.reply
    text = "" if reply is None or reply.body is None else write_json(redactor.data(reply.body))
    headers: list[JsonValue] = [
        {"name": name, "value": redactor.text(value)}
        for name, value in (reply.headers if reply else {}).items()
        if name != "set-cookie"
    ]
    return {
        "status": reply.status if reply else 0,
        "statusText": _phrase(reply.status) if reply else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "content": {"size": len(text.encode("utf-8", "replace")), "mimeType": "application/json", "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _masked(query: JsonObject, redactor: Redactor) -> JsonObject:
    masked = redactor.data(query)
    return masked if isinstance(masked, dict) else {}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
