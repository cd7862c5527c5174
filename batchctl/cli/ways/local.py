"""``--local``: the embedded engine over a folder of records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine, EngineOptions
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan


@dataclass(frozen=True, slots=True)
class LocalWay:
    """Needs no token and no network."""

    plan: Plan
    folder: Path
    engine: EngineOptions

    @classmethod
    def make(cls, plan: Plan, inputs: Inputs, line: CommandLine) -> LocalWay:
        """The folder is ``--fixtures``, else the file's ``fixtures`` key, else ``fixtures/``, relative to the file."""
        return cls(plan, fixtures_folder(line.way.fixtures, plan, inputs), line.engine)

    @property
    def where(self) -> str:
        """Which folder answers."""
        return f"embedded engine over {self.folder}"

    @property
    def host(self) -> str:
        """None: nothing leaves this machine."""
        return ""

    async def run(self, observer: Observer) -> RunResult:
        """Every resource in turn."""
        from batchctl.engine.backends.fixtures import FixtureBackend
        from batchctl.engine.executor import execute

        return await execute(self.plan, FixtureBackend(self.folder), observer=observer, options=self.engine.chosen())


def fixtures_folder(option: Path | None, plan: Plan, inputs: Inputs) -> Path:
    """``--fixtures``, else the file's ``fixtures`` key, else ``fixtures/``, both relative to the file."""
    return option or inputs.folder / (plan.definition.fixtures or "fixtures")
