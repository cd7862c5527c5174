"""Answers that were given to an ``Idempotency-Key``, for as long as the process lives."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from batchctl.server.answer import error_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable
    from typing import Any

    from batchctl.server.answer import Answer

_MOST_BYTES = 64 * 2**20
# What an answer takes besides its body.
_OVERHEAD = 1024


class GivenAnswers:
    """Makes an answer once per name; who asks again, even meanwhile, gets the same.

    Errors are not kept: the next one with the name tries anew. The oldest answers are forgotten when all together
    take more than ``most_bytes``.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._given: OrderedDict[Hashable, tuple[bytes, Answer]] = OrderedDict()
        self._pending: dict[Hashable, tuple[bytes, asyncio.Task[Answer]]] = {}

    async def once(self, name: Hashable, body: bytes, make: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """The answer known by ``name``, made now if there is none; 422 where it was made for another ``body``."""
        content = hashlib.sha256(body).digest()
        given = self._given.get(name)
        if given is not None:
            return given[1] if given[0] == content else _other_body()
        pending = self._pending.get(name)
        if pending is not None and pending[0] != content:
            return _other_body()
        if pending is None:
            task = asyncio.ensure_future(make())
            self._pending[name] = content, task
            task.add_done_callback(lambda done: self._keep(name, content, done))
        else:
            task = pending[1]
        # A client that goes away does not stop the work that others may wait for.
        return await asyncio.shield(task)

    def _keep(self, name: Hashable, content: bytes, done: asyncio.Task[Answer]) -> None:
        del self._pending[name]
        if done.cancelled() or done.exception() is not None or done.result().status >= 400:
            return
        self._given[name] = content, done.result()
        self._bytes += len(done.result().body) + _OVERHEAD
        while self._bytes > self._most_bytes:
            _, (_, oldest) = self._given.popitem(last=False)
            self._bytes -= len(oldest.body) + _OVERHEAD


def _other_body() -> Answer:
    return error_answer(422, "this Idempotency-Key was used with another body")
