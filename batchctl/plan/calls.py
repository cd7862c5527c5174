"""One HTTP request to Truto, as data: what the preview shows and the backends send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.definition.model import JsonObject, JsonValue

HTTP_METHODS = {"list": "GET", "get": "GET", "create": "POST", "update": "PATCH", "delete": "DELETE"}
_ONE_RECORD = frozenset({"get", "update", "delete"})
_is_plain = re.compile(r"[A-Za-z0-9_.~-]*", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ``method`` (``list``, ``get``…) on ``resource`` (``crm/contacts`` or ``block-children``).

    ``query`` keeps its nesting and holds neither the account nor anything that batchctl adds, except the
    ``next_cursor`` of a later page. ``body`` is None where none is sent. ``node`` is the key of the resource in
    the file that it is made for; it is not sent.
    """

    resource: str
    method: str
    id: str | None = None
    query: JsonObject = field(default_factory=dict)
    body: JsonValue = None
    node: str = field(default="", compare=False)

    @property
    def http_method(self) -> str:
        """``GET``, ``POST``…; a custom method is a ``POST``."""
        return HTTP_METHODS.get(self.method, "POST")

    @property
    def path(self) -> str:
        """``/unified/crm/contacts/42``: percent-encoded, without the query."""
        return call_path(self.resource, self.method, self.id)


def percent_encoded(text: str) -> str:
    """``a/b c`` → ``a%2Fb%20c``."""
    return text if _is_plain(text) else quote(text, safe="")


def call_path(resource: str, method: str, record_id: str | None, encode: Callable[[str], str] = percent_encoded) -> str:
    """The URL path of a call, each segment put through ``encode``."""
    door = "unified" if "/" in resource else "proxy"
    segments = [door, *resource.split("/")]
    if method in _ONE_RECORD:
        segments.append(record_id or "")
    elif method not in HTTP_METHODS:
        segments.append(method)
    return "/" + "/".join(map(encode, segments))
