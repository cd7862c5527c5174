"""From the command line of ``run`` and ``sync`` to the setup of their executors, and to what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.notices import resume_command, speaker
from batchctl.errors import UsageError
from batchctl.launch.setup import Setup

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine, ModeOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.backends.recording import Recorder
    from batchctl.execution.making import ExecutorKind
    from batchctl.execution.notices import Notify
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


def kind_of(mode: ModeOptions, *, rows: bool = False) -> ExecutorKind:
    """Who runs the batch, or with ``rows`` each row of it, as the options say: Truto, unless another is asked for.

    A run that is resumed without rows was a direct one. Raises ``UsageError`` for ``--local`` with ``--direct``.
    """
    if mode.local and mode.direct:
        raise UsageError("--local and --direct can't be combined", hint="choose one")
    if mode.local:
        return "local"
    return "direct" if mode.direct or (mode.resume and not rows) else "truto"


def setup_of(
    kind: ExecutorKind,
    line: CommandLine,
    inputs: Inputs,
    terminal: Terminal,
    store: RunStore,
    *,
    notify: Notify,
    resumed: RunFacts | None = None,
    recorder: Recorder | None = None,
) -> Setup:
    """All from which executors are made, as the command line (``line``) asks; ``kind`` is who runs the batch.

    ``notify`` gets notices, ``resumed`` are the facts of the run to resume (None: a new run), a ``recorder``, if there
    is one, gets every call and its answer. Raises ``UsageError`` for options that do not go together.
    """
    if inputs.context and kind == "truto":
        raise UsageError("--context goes with --local and --direct", hint="on Truto the account has its own context")
    return Setup(
        kind,
        inputs,
        line.connection,
        terminal,
        store,
        line.chosen_options(),
        line.engine.rate_limit,
        line.engine.run_timeout_s,
        line.mode.fixtures,
        line.output.written,
        resumed,
        recorder,
        notify,
    )


def speaker_of(setup: Setup, plan: Plan, line: CommandLine, terminal: Terminal) -> Notify:
    """A function that prints notices about a run of ``plan`` to stderr, with the command that resumes it.

    Raises ``CredentialsError`` and ``UsageError`` where the credentials can't be found.
    """
    flag = [] if setup.kind == "truto" else [f"--{setup.kind}"]
    again = [] if setup.kept(plan) is not None else [setup.inputs.file, *flag]
    return speaker(terminal, how_to_resume=resume_command(line.connection, again))
