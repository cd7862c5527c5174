"""``run --resume``: the inputs of an earlier run, over which the command line wins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.command import GIVEN
from batchctl.cli.inputs import Inputs
from batchctl.cli.run_options import EngineOptions
from batchctl.execution.plan_for import UNRESOLVED_RULE
from batchctl.execution.resume import SavedInputs
from batchctl.json_types import write_json
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.store.facts import RunFacts


def as_begun(file: str | None, line: CommandLine, resumed: RunFacts | None) -> CommandLine:
    """``line``, the command line, with the options with which the run ``resumed`` began.

    These are limits of the engine, where the command line does not give them, and ``--allow-unresolved``. It is
    returned unchanged for a new run, and where ``file`` names the definition again. Raises ``UsageError`` where the
    run's inputs were not stored.
    """
    if file is not None or resumed is None:
        return line
    saved = SavedInputs.of(resumed)
    usual = EngineOptions()
    kept = {
        name: value
        for name, value in saved.engine.items()
        if name not in GIVEN.names and (type(value) is type(getattr(usual, name, None)) or _is_limit(name, value))
    }
    engine = replace(line.engine, **kept)
    checks = replace(line.checks, allow_unresolved=line.checks.allow_unresolved or saved.allow_unresolved)
    return replace(line, engine=engine, checks=checks)


def _is_limit(name: str, value: object) -> bool:
    return name == "rate_limit" and isinstance(value, str)


def all_inputs(file: str | None, line: CommandLine, resumed: RunFacts | None) -> Inputs:
    """The inputs of a run: those of ``file``, or where that is None those stored with the run ``resumed``.

    Options of the command line win over stored ones. Raises ``UsageError`` where the run's inputs were not stored.
    """
    given = Inputs.of(file or "", line.inputs, line.engine.context)
    before = inputs_of(resumed) if file is None and resumed is not None else Inputs(file or "")
    return replace(
        before,
        account=given.account or before.account,
        arg=given.arg,
        args_file=given.args_file,
        env_file=given.env_file or before.env_file,
        only=given.only or before.only,
        allow_unused=given.allow_unused or before.allow_unused,
        context=[*before.context, *given.context],
        accept=line.checks.accept or before.accept,
        tolerated=(UNRESOLVED_RULE,) if line.checks.allow_unresolved else (),
    )


def inputs_of(facts: RunFacts) -> Inputs:
    """The inputs that were stored with an earlier run. Raises ``UsageError`` where they were not."""
    saved = SavedInputs.of(facts)
    return Inputs(
        facts.file,
        account=saved.account,
        env_file=Path(saved.env_file) if saved.env_file else None,
        only=saved.only,
        text=saved.text.encode("utf-8", "surrogatepass"),
        args=saved.args,
        # Arguments that nothing reads were let through when the run began.
        allow_unused=True,
        accept=saved.accept,
        context=[f"{name}:={write_json(value)}" for name, value in saved.context.items()],
    )
