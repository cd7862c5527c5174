"""The one loop that sends again: who calls it says what an attempt is, and when a second one is safe."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, TypeVar

from batchctl.structs import Struct, field
from batchctl.truto.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Answer = TypeVar("Answer")


class Again(Struct, frozen=True):
    """The reason to try again: the HTTP ``status`` (0 without a response), and how long the other side asks to wait.

    ``after_s`` is its ``Retry-After`` in seconds, None without one; ``why`` is a phrase for people.
    """

    status: int = 0
    after_s: float | None = None
    why: str = ""


class RetryLoop(Struct, frozen=True):
    """Tries something again after failures, up to ``backoff.retries`` times, with waits in between.

    ``sleep`` waits for a number of seconds; ``random`` returns a number from 0 to 1, ``now`` the Unix time in seconds.
    """

    backoff: Backoff = field(default_factory=Backoff)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = field(default=random.random)
    now: Callable[[], float] = time.time

    async def run(
        self,
        attempt: Callable[[], Awaitable[Answer]],
        again: Callable[[Answer | Exception], Again | None],
        tell: Callable[[int, float, Again], None],
    ) -> tuple[Answer, int]:
        """The first result of ``attempt`` that is accepted, or the last one, and the number of retries.

        ``again`` gets a result or an exception (an ``Exception``, so no cancellation); it returns None to accept it,
        else why to try again. An exception that it accepts, and that of the last attempt, is raised. ``tell`` is called
        before each wait, with the number of the retry (from 1), the seconds to wait, and why.
        """
        retries = 0
        while True:
            try:
                answer = await attempt()
                judged = again(answer)
                if judged is None or retries >= self.backoff.retries:
                    return answer, retries
            except Exception as error:
                judged = again(error)
                if judged is None or retries >= self.backoff.retries:
                    raise
            retries += 1
            wait_s = self.backoff.wait_s(retries, judged.status, judged.after_s, self.random)
            tell(retries, wait_s, judged)
            await self.sleep(wait_s)
