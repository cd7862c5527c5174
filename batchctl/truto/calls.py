"""One HTTP request to Truto, as data: what the preview shows and the backends send."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.redaction import MaskedRepr
from batchctl.structs import field, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.json_types import JsonObject, JsonValue

# The methods that every resource may have; any other name is a custom method.
STANDARD_METHODS = ("list", "get", "create", "update", "delete")
READ_METHODS = frozenset({"list", "get"})
HTTP_METHODS = {"list": "GET", "get": "GET", "create": "POST", "update": "PATCH", "delete": "DELETE"}
# The methods that are about one record; some integrations take the id of an update or delete in its body or query.
ONE_RECORD = frozenset({"get", "update", "delete"})
_match_plain = re.compile(r"[A-Za-z0-9_.~-]*", re.ASCII).fullmatch


class Call(MaskedRepr, frozen=True):
    """One call to Truto's API, before it is an HTTP request: ``method`` (``list``, ``get`` …) on ``resource``.

    ``resource`` is ``crm/contacts`` (Unified API) or ``block-children`` (Proxy API); ``id`` is the record's, for
    methods that need one. ``query`` keeps its nesting and has neither the account nor anything that batchctl adds,
    except the ``next_cursor`` of a later page. ``body`` is None where none is sent. ``account`` is the integrated
    account where calls of one run go to several, None for the run's own. ``idempotency_key`` is sent as a header, where
    there is one. ``node`` is the key of the resource in the file that it is made for, ``serial`` its number in the run
    (0 outside of one); neither is sent. Calls are equal that send the same.
    """

    resource: str
    method: str
    id: str | None = None
    query: JsonObject = field(default_factory=dict)
    body: JsonValue = None
    node: str = ""
    idempotency_key: str | None = None
    serial: int = 0
    account: str | None = None

    @property
    def _sent(self) -> tuple[object, ...]:
        return (self.resource, self.method, self.id, self.query, self.body, self.account)

    def __eq__(self, other: object) -> bool:
        return self._sent == other._sent if isinstance(other, Call) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._sent)

    def numbered(self, serial: int) -> Call:
        """A copy of this call with ``serial`` as its number in the run."""
        return replace(self, serial=serial)

    @property
    def is_write(self) -> bool:
        """Whether it may change data: anything but ``list`` and ``get``."""
        return self.method not in READ_METHODS

    @property
    def http_method(self) -> str:
        """The HTTP method: ``GET``, ``POST`` (``create`` and custom methods), ``PATCH`` (``update``) or ``DELETE``."""
        return HTTP_METHODS.get(self.method, "POST")

    @property
    def path(self) -> str:
        """The path of its URL, percent-encoded, without the query: ``/unified/crm/contacts/42``."""
        return call_path(self.resource, self.method, self.id)


def is_delete(method: str) -> bool:
    """Whether a method of a resource deletes: ``delete``, or a custom one with that in its name (``bulk_delete``)."""
    return "delete" in method.lower()


def percent_encoded(text: str) -> str:
    """``text`` percent-encoded for a segment of a URL: ``a/b c`` → ``a%2Fb%20c``."""
    return text if _match_plain(text) else _encoded(text)


def is_plain_text(text: str) -> bool:
    """Whether percent-encoding leaves ``text`` as it is: letters and digits of ASCII, ``-``, ``.``, ``_`` and ``~``."""
    return _match_plain(text) is not None


# What is quoted once is mostly quoted again: a date, a list of fields. Half a character can be shown, though not sent.
_encoded = lru_cache(maxsize=4096)(partial(quote, safe="", errors="surrogatepass"))


def is_unified(resource: str) -> bool:
    """Whether a resource is one of the Unified API (``crm/contacts``); without a slash it is one of the Proxy API."""
    return "/" in resource


def api_of(resource: str) -> str:
    """The API of a resource as it is written in a path: ``unified`` or ``proxy``."""
    return "unified" if is_unified(resource) else "proxy"


def call_path(resource: str, method: str, record_id: str | None, encode: Callable[[str], str] = percent_encoded) -> str:
    """The path of a call's URL, such as ``/unified/crm/contacts/42``; each segment is passed through ``encode``.

    ``resource`` is ``MODEL/NAME`` for the Unified API, else a single name for the Proxy API; ``method`` is ``list``,
    ``get`` … or a custom one, which becomes the last segment; ``record_id`` is for methods on one record.
    """
    path = _resource_path(resource, encode)
    if method in ONE_RECORD and (record_id is not None or method == "get"):
        return f"{path}/{encode(record_id or '')}"
    return path if method in HTTP_METHODS else f"{path}/{encode(method)}"


@lru_cache(maxsize=1024)
def _resource_path(resource: str, encode: Callable[[str], str]) -> str:
    return "/".join(("", api_of(resource), *map(encode, resource.split("/"))))
