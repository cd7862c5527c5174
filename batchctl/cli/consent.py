"""What a person has to agree to before a batch is sent: placeholders without a value, and deletes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from batchctl.cli.checking import show_problems_or_plan, show_reports
from batchctl.errors import Declined, DefinitionError, ExitCode, UsageError
from batchctl.execution.notices import SentLiterally
from batchctl.execution.plan_for import deleting, plan_for
from batchctl.plain import clean, counted
from batchctl.render.diagnostics.reporting import file_reports
from batchctl.render.text.words import repetition

if TYPE_CHECKING:
    from batchctl.cli.run_options import CheckOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.notices import Notify
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared

_MAX_NAMED = 5


def checked_plan(
    prepared: Prepared, checks: CheckOptions, terminal: Terminal, notify: Notify, *, quiet: bool = False
) -> Plan:
    """The plan of a file that can be sent: it has no errors, and no placeholders without a value.

    ``checks.allow_unresolved`` lets such placeholders pass: then their text is sent, and ``notify`` gets a notice.
    Problems are printed to stderr, warnings not if ``quiet``. With errors it ends the command: ``typer.Exit(1)``.
    """
    show_problems_or_plan(prepared, terminal, quiet=quiet or terminal.quiet or checks.no_warnings)
    try:
        ready = plan_for(prepared, allow_unresolved=checks.allow_unresolved)
    except DefinitionError as error:
        show_reports(file_reports(prepared.source, error.diagnostics), terminal)
        raise typer.Exit(ExitCode.DEFINITION) from None
    if ready.sent_literally:
        notify(SentLiterally(ready.sent_literally))
    return ready.plan


def confirm_deletes(plan: Plan, terminal: Terminal, *, yes: bool) -> None:
    """Ask on the terminal before a batch that deletes records is run, unless ``yes``; return if the answer is yes.

    For a batch that deletes nothing it returns at once. Raises ``Declined`` for any other answer, ``Interrupted`` for
    Ctrl-C, and ``UsageError`` where there is no terminal to ask on.
    """
    deletes = [_described(key, plan) for key in deleting(plan)]
    if yes or not deletes:
        return
    shown = ", ".join(deletes[:_MAX_NAMED]) + (" …" if len(deletes) > _MAX_NAMED else "")
    what = f"this batch deletes in {counted(len(deletes), 'resource')}: {shown}"
    if not terminal.can_ask():
        raise UsageError(what, hint="pass --yes to run it without being asked")
    if not terminal.ask(f"{what}. Run it?"):
        raise Declined("nothing was sent")


def _described(key: str, plan: Plan) -> str:
    how = repetition(plan.steps[key], plan)
    return clean(f"{key} ({how})" if how else key, 100)
