"""What becomes of a result: files first, then reports, then the screen, so that a broken view loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.cli.run_options import Output

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.plan.planner import Plan

_ROWS, _ROWS_VERBOSE = 3, 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run's way out: ``where`` says who executed it, ``file`` what was run."""

    plan: Plan
    line: CommandLine
    terminal: Terminal
    where: str
    file: str

    def deliver(self, result: RunResult) -> None:
        """Write and show it as the command line asks."""
        self._show(result)

    def _show(self, result: RunResult) -> None:
        from batchctl.render.run_data import run_json, run_ndjson

        asked = self.line.output
        if asked.output is Output.JSON:
            self.terminal.result(run_json(result))
        elif asked.output is Output.NDJSON:
            self.terminal.result(run_ndjson(result))
        else:
            from batchctl.render.run_tree import RunView, run_tree

            rows = asked.records if asked.records is not None else _ROWS_VERBOSE if asked.verbose else _ROWS
            title = self.plan.definition.name or self.file
            fields = tuple(filter(None, (asked.fields or "").split(",")))
            view = RunView(title, self.where, rows, self.terminal.redactor.text, fields, asked.verbose)
            self.terminal.view(run_tree(result, self.plan, view))
