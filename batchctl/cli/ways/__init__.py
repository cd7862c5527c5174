"""Who executes a batch. Each way is made from the plan and the command line, and refuses before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan


class Way(Protocol):
    """One manner of executing one plan."""

    @property
    def where(self) -> str:
        """Who executes it, for people: ``embedded engine over fixtures``."""

    @property
    def host(self) -> str:
        """The API that the calls go to; empty for fixtures."""

    async def run(self, observer: Observer) -> RunResult:
        """Execute it. A cancelled one answers with what there is, or raises ``Interrupted``."""


def choose_way(plan: Plan, inputs: Inputs, line: CommandLine, terminal: Terminal) -> Way:
    """The way that the command line asks for. Raises ``BatchctlError`` when it can't be gone (no token…)."""
    if line.way.local and line.way.direct:
        raise UsageError("--local and --direct are two ways; choose one")
    if line.way.local:
        from batchctl.cli.ways.local import LocalWay

        return LocalWay.make(plan, inputs, line)
    if line.way.direct or (line.way.resume and not line.way.each):
        from batchctl.cli.ways.direct import DirectWay

        return DirectWay.make(plan, inputs, line, terminal)
    from batchctl.cli.ways.service import ServiceWay

    return ServiceWay.make(plan, inputs, line, terminal)
