"""Which route a request is for: data (``/unified``, ``/proxy``), batches, the platform, or the server's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import batchctl
from batchctl.server.answer import Answer, json_answer
from batchctl.server.batch import answer_batch
from batchctl.server.data import data_call
from batchctl.server.kept_reads import KeptRead, KeptReads
from batchctl.server.openapi import openapi
from batchctl.server.page import page
from batchctl.server.platform import Platform
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.server.access import Access
    from batchctl.server.rate_limits import RateLimits
    from batchctl.server.request import Request
    from batchctl.server.worlds import World


class Routes:
    """All routes of the server over one ``world``: data, batches, Truto's own resources, and the server's pages.

    ``limits`` are rate limits (None: none); ``recent`` are the requests that ``GET /`` shows.
    """

    def __init__(self, world: World, limits: RateLimits | None, recent: Iterable[Access]) -> None:
        self._world = world
        self._limits = limits
        self._recent = recent
        self._platform = Platform(world)
        self._reads = KeptReads()

    async def answer(self, request: Request, asked_by: str) -> Answer:
        """The response to a request, whose call is counted against the rate limits of the bearer token ``asked_by``.

        ``asked_by`` is empty for a request without one. Raises ``Refusal``, and what a backend raises: ``ServiceError``
        where no usable answer came, ``FixtureError``.
        """
        first = request.segments[0]
        if first in ("unified", "proxy"):
            return await self._data(request, asked_by)
        if len(request.segments) == 1 and first in _OWN:
            return self._own(first, request)
        if self._limits is not None:
            self._limits.count(asked_by, None)
        if request.segments == ["batch-request"]:
            request.require("POST")
            return json_answer(*await answer_batch(request.body, self._world))
        return await self._platform.answer(request)

    async def _data(self, request: Request, asked_by: str) -> Answer:
        if len(request.segments) == 5 and request.segments[3] == "meta" and request.segments[0] == "unified":
            request.require("GET")
            return self._platform.meta(request)
        if request.method == "GET":
            known = self._reads.get(request.target)
            if known is not None and known.revision == self._world.revision(known.account):
                headers = self._limits.count(asked_by, known.account) if self._limits is not None else {}
                return replace(known.answer, headers=headers) if headers else known.answer
        call, account = data_call(request)
        headers = self._limits.count(asked_by, account) if self._limits is not None else {}
        backend, revision = self._world.backend(account), self._world.revision(account)
        reply = await backend.send(call)
        answer = json_answer(reply.status, reply.body, {**headers, **reply.headers})
        # Files may have changed meanwhile: then it is not known which of them were read.
        if request.method == "GET" and reply.ok and not reply.headers and revision == self._world.revision(account):
            self._reads.keep(request.target, KeptRead(account, revision, replace(answer, headers={})))
        return answer

    def _own(self, name: str, request: Request) -> Answer:
        request.require("GET")
        match name:
            case "health":
                return json_answer(200, {"status": "ok", "version": batchctl.__version__})
            case "ping":
                return json_answer(200, {"pong": True})
            case "openapi.json":
                return json_answer(200, openapi())
            case _:
                html = page(self._world, self._recent).encode("utf-8", "replace")
                return Answer(200, html, _PAGE_HEADERS, "text/html; charset=utf-8")


_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_OWN = frozenset({"", "health", "ping", "openapi.json"})
