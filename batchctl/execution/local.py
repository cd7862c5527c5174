"""The embedded engine over a folder of records, or over any other backend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.plan.planner import Plan

_USUAL = RunOptions()


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Needs no token and no network. ``answers`` is a folder of fixtures, or a backend that answers the calls.

    Raises ``FixtureError`` from ``run`` for a folder that can't be used.
    """

    plan: Plan
    answers: Path | Backend
    options: RunOptions = _USUAL

    @property
    def where(self) -> str:
        """Which folder answers."""
        over = self.answers if isinstance(self.answers, Path) else type(self.answers).__name__
        return f"embedded engine over {over}"

    @property
    def host(self) -> str:
        """Empty: nothing leaves this machine."""
        return ""

    async def run(self, observer: Observer, notify: Notify) -> RunResult:  # noqa: ARG002 - it has nothing to say
        """Every resource as soon as those that it depends on are done."""
        return await execute(self.plan, self._backend(), observer=observer, options=self.options)

    def _backend(self) -> Backend:
        if not isinstance(self.answers, Path):
            return self.answers
        return FixtureBackend(self.answers)


def fixtures_folder(given: Path | None, plan: Plan, beside: Path) -> Path:
    """``given``, else the definition's ``fixtures`` key, else ``fixtures/``, both relative to ``beside``."""
    return given or beside / (plan.definition.fixtures or "fixtures")
