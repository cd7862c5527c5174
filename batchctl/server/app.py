"""The ASGI application: Truto's routes over fixtures, or over any other backend.

It speaks ASGI itself (https://asgi.readthedocs.io, HTTP 2.3): a request is one body in and one body out, and nothing of
a framework's is needed for that.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from batchctl.errors import BatchctlError, FixtureError, ServiceError
from batchctl.server.access import Access
from batchctl.server.answer import Answer, error_answer
from batchctl.server.guards import Guard
from batchctl.server.idempotency import GivenAnswers
from batchctl.server.interrupted_runs import fail_interrupted_runs
from batchctl.server.kept_answers import KeptAnswers, name_of
from batchctl.server.request import Refusal, read_body, read_request
from batchctl.server.routes import Routes
from batchctl.server.worlds import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from batchctl.engine.backends.base import Backend
    from batchctl.server.rate_limits import RateLimits
    from batchctl.server.request import Request

    Message = MutableMapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]
    Receive = Callable[[], Awaitable[Message]]

_SAFE = frozenset({"GET", "HEAD"})
_RECENT = 100


class App:
    """The server as an ASGI application: Truto's routes over the data of ``world``.

    ``guard`` decides who may send requests, ``limits`` are rate limits (None: none). ``log`` gets every request once it
    is answered; ``recent`` are the last 100, the newest last. A request whose body takes longer than ``body_within_s``
    seconds gets an answer 408. Making one raises ``FixtureError`` or ``UsageError`` where the data can't be used.
    """

    def __init__(
        self,
        world: World,
        guard: Guard,
        limits: RateLimits | None,
        log: Callable[[Access], None] | None,
        body_within_s: float,
    ) -> None:
        self.recent: deque[Access] = deque(maxlen=_RECENT)
        self._guard = guard
        self._log = log
        self._body_within_s = body_within_s
        self._given = GivenAnswers(kept=KeptAnswers(world.state) if world.state else None)
        self._routes = Routes(world, limits, self.recent)
        fail_interrupted_runs(world)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        request = read_request(scope)
        answer = await self._answer(request, receive)
        headers = [(b"content-type", answer.media_type.encode()), (b"content-length", b"%d" % len(answer.body))]
        for name, value in answer.headers.items():
            headers.append((name.encode("latin-1", "replace"), value.encode("latin-1", "replace")))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else answer.body})
        self._note(request, answer, time.perf_counter() - began)

    async def _answer(self, request: Request, receive: Receive) -> Answer:
        try:
            asked_by = self._guard.check(request)
            if request.method not in _SAFE:
                length = request.headers.get("content-length", "")
                request.body = await read_body(receive, within_s=self._body_within_s, announced=length)
            key = request.headers.get("idempotency-key")
            if not key or request.method in _SAFE:
                return await self._routed(request, asked_by)
            name = name_of(asked_by, request.method, request.target, key)
            return await self._given.once(name, request.body, lambda: self._routed(request, asked_by))
        except Refusal as error:
            return error_answer(error.status, str(error), error.headers)
        except FixtureError as error:
            return error_answer(500, str(error))

    async def _routed(self, request: Request, asked_by: str) -> Answer:
        try:
            return await self._routes.answer(request, asked_by)
        except Refusal as error:
            return error_answer(error.status, str(error), error.headers)
        except ServiceError as error:
            return error_answer(502, str(error))
        except BatchctlError as error:
            return error_answer(500, str(error))
        except Exception as error:  # noqa: BLE001 - the contract is an envelope on every failure
            return error_answer(500, f"a bug in batchctl ({type(error).__name__})")

    def _note(self, request: Request, answer: Answer, seconds: float) -> None:
        access = Access(request.client, request.method, request.target, answer.status, len(answer.body), seconds)
        if request.segments[0]:
            self.recent.append(access)
        if self._log is not None:
            self._log(access)


def make_app(
    answers: Backend | World,
    *,
    token: str | None = None,
    limits: RateLimits | None = None,
    log: Callable[[Access], None] | None = None,
    body_within_s: float = 30,
    any_host: bool = False,
) -> App:
    """The server as an ASGI application: Truto's routes over a backend, or over a fixtures folder as a ``World``.

    With a ``token``, every request must have it; without one only this machine may send requests, and only to its own
    name unless ``any_host``. ``limits`` are rate limits; ``log`` gets every request once it is answered (None for
    either: none); ``body_within_s`` is how many seconds a request's body may take. A write with the ``Idempotency-Key``
    of an earlier one gets that one's answer, and changes nothing; an answer that was an error is not kept.
    """
    world = answers if isinstance(answers, World) else World(answers)
    return App(world, Guard(token, any_host), limits, log, body_within_s)
