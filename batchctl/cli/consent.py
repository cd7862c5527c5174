"""What a person has to agree to before a batch is sent: placeholders without a value, and deletes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from batchctl.cli.checking import MOST_PROBLEMS, require_plan
from batchctl.definition.model import Request
from batchctl.diagnostics.kinds import problem
from batchctl.errors import ExitCode, Interrupted, UsageError
from batchctl.plain import clean, counted, listed
from batchctl.plan.unresolved import find_unresolved
from batchctl.render.diagnostics.reporting import FileReport
from batchctl.render.diagnostics.text import text_report
from batchctl.render.text.words import repetition

if TYPE_CHECKING:
    from batchctl.cli.run_options import CheckOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.diagnostics import Diagnostic
    from batchctl.plan.planner import Plan
    from batchctl.plan.unresolved import Unresolved
    from batchctl.preparation import Prepared
    from batchctl.yaml12.source import Source

_MOST_NAMED = 5


# The rule that --allow-unresolved turns into a warning.
UNRESOLVED_RULE = "undeclared-argument"


def checked_plan(prepared: Prepared, checks: CheckOptions, terminal: Terminal, *, quiet: bool = False) -> Plan:
    """The plan of a file that can be sent as it is; what is wrong with it goes to stderr, and ends the command."""
    plan = require_plan(prepared, terminal, quiet=quiet or terminal.quiet or checks.no_warnings)
    refuse_unresolved(plan, prepared.source, terminal, allowed=checks.allow_unresolved)
    return plan


def refuse_unresolved(plan: Plan, source: Source, terminal: Terminal, *, allowed: bool) -> None:
    """End the command with exit code 1 when placeholders have no value, showing where; unless they are allowed."""
    found = find_unresolved(plan)
    if not found:
        return
    if allowed:
        names = listed(list(dict.fromkeys(each.text for each in found))[:_MOST_NAMED])
        terminal.note(f"sent as it stands, since it has no value: {names}")
        return
    report = FileReport(source, source.file, [_diagnostic(each, source) for each in found])
    color = terminal.colored(sys.stderr)
    text = text_report([report], color=color, max_problems=MOST_PROBLEMS, redact=terminal.redactor.text)
    terminal.problem(text.rstrip("\n"))
    raise typer.Exit(ExitCode.DEFINITION)


def _diagnostic(each: Unresolved, source: Source) -> Diagnostic:
    span = source.within(each.path, each.offset, each.end) if each.end else source.span(each.path)
    return problem(
        UNRESOLVED_RULE,
        f"{each.text} has no value; its text would be sent as it stands",
        span,
        help="give it a value with --arg, a default (?:…), or pass --allow-unresolved",
        path=each.path,
        resource=each.key,
    )


def confirm_deletes(plan: Plan, terminal: Terminal, *, yes: bool) -> None:
    """Ask before a batch that deletes.

    Raises ``UsageError`` where nobody is there to answer, ``Interrupted`` when the answer is no.
    """
    deletes = [_described(key, plan) for key, step in plan.steps.items() if _deletes(step.node)]
    if yes or not deletes:
        return
    shown = ", ".join(deletes[:_MOST_NAMED]) + (" …" if len(deletes) > _MOST_NAMED else "")
    what = f"this batch deletes in {counted(len(deletes), 'resource')}: {shown}"
    if not terminal.can_ask():
        raise UsageError(what, hint="pass --yes to run it without being asked")
    if not terminal.ask(f"{what}. Run it?"):
        raise Interrupted("nothing was sent")


def _deletes(node: object) -> bool:
    """The method ``delete``, or a custom one that says so: ``bulk_delete``."""
    return isinstance(node, Request) and "delete" in node.method.lower()


def _described(key: str, plan: Plan) -> str:
    how = repetition(plan.steps[key], plan)
    return clean(f"{key} ({how})" if how else key, 100)
