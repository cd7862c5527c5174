"""``run --resume``: the inputs of an earlier run, over which the command line wins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.command import GIVEN
from batchctl.execution.resume import SavedInputs, kept_options
from batchctl.launch.inputs import Inputs
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.store.facts import RunFacts


def as_begun(file: str | None, line: CommandLine, resumed: RunFacts | None) -> CommandLine:
    """``line``, the command line, with the options with which the run ``resumed`` began.

    These are limits of the engine and the folder of fixtures, where the command line does not give them, and
    ``--allow-unresolved``. ``line`` is returned unchanged for a new run (``resumed`` None), and where ``file`` names
    the definition again. Raises ``UsageError`` where the run's inputs were not stored.
    """
    if file is not None or resumed is None:
        return line
    saved = SavedInputs.of(resumed)
    kept = {name: value for name, value in kept_options(saved.engine).items() if name not in GIVEN.names}
    checks = replace(line.checks, allow_unresolved=line.checks.allow_unresolved or saved.allow_unresolved)
    fixtures = line.mode.fixtures or (Path(saved.fixtures) if saved.fixtures else None)
    mode = replace(line.mode, fixtures=fixtures)
    return replace(line, engine=replace(line.engine, **kept), checks=checks, mode=mode)


def all_inputs(file: str | None, line: CommandLine, resumed: RunFacts | None) -> Inputs:
    """The inputs of a run: those of ``file``, or where that is None those stored with the run ``resumed``.

    Options of the command line win over stored ones. With both None the inputs have no file. Raises ``UsageError``
    where the run's inputs were not stored.
    """
    given = line.inputs_of(file or "")
    return given if file is not None or resumed is None else given.over(Inputs.of_run(resumed))
