"""One call as a curl command. The token is read from the environment when it runs; it is never part of it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from batchctl.render.text.literals import json_literal
from batchctl.truto.calls import call_path, percent_encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.render.preview.data import RequestView
    from batchctl.truto.calls import Call

TOKEN_VARIABLE = "TRUTO_API_TOKEN"  # noqa: S105 - the name of a variable, not a token


def curl_lines(method: str, url: str, body: str | None) -> Iterator[str]:
    """The lines of a curl command for one call, without the line breaks at their ends.

    ``method`` is GET, POST and so on. ``body`` is JSON text, None for none; it is read from standard input, so that the
    shell does not interpret it. The token is read from ``TRUTO_API_TOKEN`` when the command runs.
    """
    how = "" if method == "GET" else f" --request {method}"
    yield f"curl --silent --show-error --fail-with-body --globoff{how} {shlex.quote(url)} \\"
    token = f'  --header "Authorization: Bearer ${{{TOKEN_VARIABLE}:?}}"'
    if body is None:
        yield token
        return
    yield f"{token} \\"
    yield "  --header 'Content-Type: application/json' \\"
    yield "  --data-binary @- <<'JSON'"
    yield body
    yield "JSON"


def call_as_curl(call: Call, view: RequestView) -> str:
    """A curl command for a call that a run has made, with its secrets masked.

    The token is read from ``TRUTO_API_TOKEN`` when the command runs.
    """
    masked = view.masked(call)
    url = view.url(call_path(masked.resource, masked.method, masked.id), masked.query, percent_encoded, masked.account)
    body = None if masked.body is None else json_literal(masked.body)
    return "\n".join(curl_lines(masked.http_method, url, body)) + "\n"
