"""A backend that a program brings along: what it answers is checked, since the engine takes it for granted."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply, immediate_answers
from batchctl.errors import Unanswered, UsageError

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.truto.calls import Call


class ForeignBackend:
    """Passes calls on to ``inner``, an object with ``send`` and ``aclose``, and checks its answers.

    What is no ``Reply``, or one without a number as its status, raises ``UsageError``.
    """

    def __init__(self, inner: Backend) -> None:
        self._inner = inner
        self._immediate = immediate_answers(inner)

    async def send(self, call: Call) -> Reply:
        """The answer of the inner backend.

        Raises ``UsageError``, ``Unanswered`` where the inner backend cancelled its own work, and whatever that raises.
        """
        answer = self._inner.send(call)
        if not inspect.isawaitable(answer):
            raise UsageError(f"send of {self._title} must be asynchronous: async def send(self, call)")
        try:
            return self._checked(call, await answer)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Nobody ends the run: a task that only looks cancelled would leave it waiting for ever.
            raise Unanswered(f"{self._title} cancelled its own work on {call.path}") from None

    def immediate(self, call: Call) -> Reply | None:
        """What ``send`` would return, where the inner backend has it at once; None where not. Raises ``UsageError``."""
        answer = self._immediate(call)
        return None if answer is None else self._checked(call, answer)

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self._inner.aclose()

    @property
    def _title(self) -> str:
        return f"the backend {type(self._inner).__name__}"

    def _checked(self, call: Call, answer: object) -> Reply:
        if not isinstance(answer, Reply):
            what = "None" if answer is None else f"the type {type(answer).__name__}"
            raise UsageError(f"{self._title} must answer {call.path} with a Reply, not {what}")
        if not isinstance(answer.status, int):
            raise UsageError(f"{self._title} answered {call.path} with a status that is no number")
        return answer
