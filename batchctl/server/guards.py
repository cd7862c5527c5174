"""Who may ask: the bearer token, and without one only programs and pages of this machine."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchctl.server.request import Refusal
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.server.request import Request

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What a form or script of any web page can send without asking the server first (Fetch standard, 2.2.2).
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
OPEN = frozenset({"health"})


class Guard(Struct, frozen=True):
    """Decides who may send requests: whoever has the ``token``, or without one only programs on this machine.

    Without a token ``Host`` must name this machine, unless ``any_host``, and so must the ``Origin`` of a write.
    """

    token: str | None
    # In process nobody else can ask: the name in the URL is the program's own.
    any_host: bool = False

    def check(self, request: Request) -> str:
        """The bearer token that a request has, empty for none.

        Raises ``Refusal`` for a request that is not allowed: 401 without the right token, except for ``/health``; where
        no token is asked for, 403 from elsewhere than this machine, and 415 for a body that any web page could send (a
        form, plain text).
        """
        given = bearer(request.headers.get("authorization", ""))
        if self.token is None:
            if not self.any_host:
                self._require_local(request)
        elif request.segments[0] not in OPEN and not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Refusal(401, "the bearer token is missing or wrong", {"www-authenticate": "Bearer"})
        return given

    def _require_local(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if _host(f"//{host}") not in _LOOPBACK:
            # Another site's name can be made to lead to this machine (DNS rebinding).
            raise Refusal(403, "without a token only localhost is served; start serve with --token")
        if request.method in _SAFE:
            return
        origin = request.headers.get("origin")
        if origin is not None and _host(origin) not in _LOOPBACK:
            raise Refusal(403, "a page of another site may not write here")
        content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content in _FORM_TYPES:
            raise Refusal(415, "send the body with Content-Type: application/json")


def bearer(header: str) -> str:
    """The token in an ``Authorization`` header (``Bearer TOKEN``), empty for any other; RFC 9110, 11.1."""
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


@lru_cache(maxsize=256)
def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
