"""Answers that were given to an ``Idempotency-Key``, for as long as the process lives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable
    from typing import Any

    from starlette.responses import Response

# The oldest are forgotten first.
_MOST = 1_000


class GivenAnswers:
    """Makes an answer once per name; who asks again, even meanwhile, gets the same."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, asyncio.Task[Response]] = {}

    async def once(self, name: Hashable, make: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        """The answer known by ``name``, made now if there is none."""
        task = self._answers.get(name)
        if task is None:
            task = self._answers[name] = asyncio.ensure_future(make())
            if len(self._answers) > _MOST:
                del self._answers[next(iter(self._answers))]
        # A client that goes away does not stop the work that others may wait for.
        return await asyncio.shield(task)
