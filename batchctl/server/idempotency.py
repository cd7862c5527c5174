"""Answers that were given to an ``Idempotency-Key``, for as long as the process lives, or the state file."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from batchctl.server.answer import error_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from batchctl.server.answer import Answer
    from batchctl.server.kept_answers import KeptAnswers

_MAX_BYTES = 64 * 2**20
# What an answer takes besides its body.
_OVERHEAD = 1024


class GivenAnswers:
    """The answers to requests with an ``Idempotency-Key``: one that is repeated gets the same answer again.

    That is so for simultaneous requests, too. Errors are not kept: the next request with that key is tried anew. The
    oldest answers are forgotten when all together take more than ``most_bytes``. With ``kept`` they are in a state
    file, too.
    """

    def __init__(self, most_bytes: int = _MAX_BYTES, kept: KeptAnswers | None = None) -> None:
        self._most_bytes = most_bytes
        self._kept = kept
        self._bytes = 0
        self._given: OrderedDict[str, tuple[bytes, Answer]] = OrderedDict()
        self._pending: dict[str, tuple[bytes, asyncio.Task[Answer]]] = {}
        for name, content, answer in kept.all() if kept else ():
            self._remember(name, content, answer)

    async def once(self, name: str, body: bytes, make: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """The answer stored under ``name``, else a new one from ``make``, which is called at most once at a time.

        It is an answer 422 where the name was used with another ``body``, the request's. ``name`` is from ``name_of``.
        Raises what ``make`` raises, and ``FixtureError`` where the answer can't be stored in the state file.
        """
        content = hashlib.sha256(body).digest()
        given = self._given.get(name)
        if given is not None:
            return given[1] if given[0] == content else _other_body()
        pending = self._pending.get(name)
        if pending is not None and pending[0] != content:
            return _other_body()
        if pending is None:
            task = asyncio.ensure_future(self._made(name, content, make))
            self._pending[name] = content, task
            task.add_done_callback(lambda _: self._pending.pop(name))
        else:
            task = pending[1]
        # A client that goes away does not stop the work that others may wait for.
        return await asyncio.shield(task)

    async def _made(self, name: str, content: bytes, make: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        if self._kept is not None:
            self._kept.begin(name, content)
        answer = await make()
        if answer.status < 400:
            if self._kept is not None:
                self._kept.keep(name, content, answer)
            self._remember(name, content, answer)
        elif self._kept is not None:
            self._kept.forget(name)
        return answer

    def _remember(self, name: str, content: bytes, answer: Answer) -> None:
        self._given[name] = content, answer
        self._bytes += len(answer.body) + _OVERHEAD
        while self._bytes > self._most_bytes:
            forgotten, (_, oldest) = self._given.popitem(last=False)
            self._bytes -= len(oldest.body) + _OVERHEAD
            if self._kept is not None:
                self._kept.forget(forgotten)


def _other_body() -> Answer:
    return error_answer(422, "this Idempotency-Key was used with another body")
