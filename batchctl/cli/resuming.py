"""``run --resume``: the inputs of an earlier run, over which the command line wins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.inputs import Inputs
from batchctl.execution.plan_for import UNRESOLVED_RULE
from batchctl.execution.resume import SavedInputs

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.store.facts import RunFacts


def all_inputs(file: str | None, line: CommandLine, resumed: RunFacts | None) -> Inputs:
    """What is in the batch: of ``file``, else of the run that is resumed. Raises ``UsageError`` where that kept none.

    One of the two must be there.
    """
    given = line.inputs
    before = inputs_of(resumed) if file is None and resumed is not None else Inputs(file or "")
    return replace(
        before,
        account=given.account or before.account,
        arg=given.arg or (),
        args_file=given.args_file or (),
        env_file=given.env_file or before.env_file,
        only=given.only or before.only,
        allow_unused=given.allow_unused,
        context=line.engine.context or (),
        accept=line.checks.accept or (),
        tolerated=(UNRESOLVED_RULE,) if line.checks.allow_unresolved else (),
    )


def inputs_of(facts: RunFacts) -> Inputs:
    """The inputs of an earlier run. Raises ``UsageError`` where they were not kept."""
    saved = SavedInputs.of(facts)
    return Inputs(
        facts.file,
        account=saved.account,
        env_file=Path(saved.env_file) if saved.env_file else None,
        only=saved.only,
        text=saved.text.encode("utf-8", "surrogatepass"),
        args=saved.args,
    )
