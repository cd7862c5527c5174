"""A worker's line to the coordinator, and the gate at which its calls wait with those of all other workers."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import TYPE_CHECKING, Any

from batchctl.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from distributed import Worker

    from batchctl.engine.backends.gate import OnWait
    from batchctl.execution.rate_limits import Allowance

# How old what is known of other workers' 429s may be.
_FRESH_S = 0.2


class Line:
    """A worker's connection to the coordinator of one job, used from a thread with its own event loop.

    ``worker`` is Dask's worker, ``job`` the id of the job. The methods raise ``Interrupted`` when the run is over. An
    ``owner`` is whose rate limit it is: a kind (``account`` or ``token``) and a hash of its id or of the token.
    ``clock`` returns seconds that never go back.
    """

    def __init__(self, worker: Worker, job: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.job = job
        self._worker = worker
        self._clock = clock
        # What the coordinator knows, and what this worker has met itself: an answer of the coordinator may be older.
        self._held: dict[tuple[str, str], float] = {}
        self._met: dict[tuple[str, str], float] = {}
        self._asked_s = float("-inf")
        self._asking: asyncio.Lock | None = None

    async def ask(self, handler: str, **given: Any) -> Any:
        """What the coordinator's handler named ``handler`` (``batchctl_take``) returns for the arguments ``given``.

        The id of the job is passed as well, as ``job``. Raises ``Interrupted`` when the scheduler is gone.
        """

        async def go() -> Any:
            return await getattr(self._worker.scheduler, handler)(job=self.job, **given)

        try:
            future = asyncio.run_coroutine_threadsafe(go(), self._worker.loop.asyncio_loop)  # type: ignore[attr-defined]  # tornado's loop over asyncio's
            return await asyncio.wrap_future(future)
        except (OSError, RuntimeError) as error:
            raise Interrupted("the connection to the workers' scheduler was lost") from error

    async def require_open(self) -> None:
        """Raise ``Interrupted`` when the run is over. The coordinator is asked at most five times a second."""
        if self._clock() - self._asked_s > _FRESH_S:
            await self._refresh()

    async def held_s(self, owner: tuple[str, str]) -> float:
        """For how many seconds the calls of ``owner`` are still held back; 0 where they are not.

        The answer may be 0.2 seconds old.
        """
        await self.require_open()
        until_s = max(self._held.get(owner, 0.0), self._met.get(owner, 0.0))
        return max(0.0, until_s - self._clock())

    def held(self, owner: tuple[str, str], seconds: float) -> None:
        """Note that calls of ``owner`` are held back for ``seconds``."""
        self._met[owner] = max(self._met.get(owner, 0.0), self._clock() + seconds)

    async def _refresh(self) -> None:
        if self._asking is None:
            self._asking = asyncio.Lock()
        async with self._asking:
            if self._clock() - self._asked_s <= _FRESH_S:
                return
            state = await self.ask("batchctl_state")
            if state is None:
                raise Interrupted("the run is over")
            now_s = self._clock()
            self._met = {owner: until_s for owner, until_s in self._met.items() if until_s > now_s}
            self._held = {(kind, owner): now_s + seconds for kind, owner, seconds in state}
            self._asked_s = now_s


class SharedGate:
    """A gate at which a worker's calls wait for rate limits that the coordinator counts for all workers.

    ``allowed`` are the limits, the account's first. The coordinator gets accounts and tokens as hashes with ``salt``,
    never the token itself.
    """

    def __init__(self, line: Line, allowed: Sequence[Allowance], salt: bytes) -> None:
        self._line = line
        owners = [(each.owner[0], _hashed(each.owner[1], salt)) for each in allowed]
        self._name, self._account = allowed[0].name, owners[0]
        self._limits = [[each.name, *owner, each.calls] for each, owner in zip(allowed, owners, strict=True)]
        self._is_counted = any(each.calls is not None for each in allowed)
        self._holding: set[asyncio.Task[Any]] = set()

    async def enter(self, on_wait: OnWait, /) -> float:
        """Wait until a call may be sent, and count it; the seconds that this took, 0 without a wait.

        ``on_wait`` is called once before a wait, with its seconds and the limit's name. Raises ``Interrupted`` when the
        run is over.
        """
        came_s, waited = time.monotonic(), False
        while True:
            wait_s, name = await self._asked()
            if wait_s <= 0:
                return time.monotonic() - came_s if waited else 0.0
            if not waited:
                on_wait(wait_s, name)
            waited = True
            await asyncio.sleep(wait_s)

    async def _asked(self) -> tuple[float, str]:
        """Seconds to wait, and for which limit; 0 for a call that is counted."""
        held_s = await self._line.held_s(self._account)
        if held_s > 0:
            return held_s, self._name
        if not self._is_counted:
            return 0.0, ""
        answer = await self._line.ask("batchctl_take", limits=self._limits)
        if answer is None:
            raise Interrupted("the run is over")
        return float(answer[0]), str(answer[1])

    def hold(self, seconds: float, /) -> None:
        """Let no call of the account through for ``seconds``, on any worker."""
        self._line.held(self._account, seconds)
        telling = self._line.ask("batchctl_hold", limit=self._limits[0], seconds=seconds)
        task = asyncio.get_running_loop().create_task(telling)
        self._holding.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._holding.discard(task)
        # Where the scheduler is gone, the next call says so.
        if not task.cancelled():
            task.exception()


def _hashed(text: str, salt: bytes) -> str:
    return hashlib.blake2b(text.encode(), key=salt, digest_size=16).hexdigest()
