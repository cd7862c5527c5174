"""``batchctl runs``: earlier runs, what each brought, and room for new ones."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.command import STYLE, Command, Group
from batchctl.cli.groups import grouped
from batchctl.cli.output_options import Output, OutputOptions
from batchctl.cli.run_options import ScreenOptions
from batchctl.cli.suggest import run_ids
from batchctl.errors import UsageError
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.cli.terminal import Terminal
    from batchctl.store.facts import RunFacts

_DAY_S, _MB = 86_400, 2**20

runs = typer.Typer(cls=Group, help="List earlier runs (alone), show one, or delete some.", **STYLE)
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Its id, the beginning of it, or latest.", autocompletion=run_ids)
]


class ListFormat(StrEnum):
    """The values of ``runs --output``, how the list of runs is printed: ``table`` or ``json``."""

    TABLE = "table"
    JSON = "json"


@runs.callback(invoke_without_command=True)
def list_runs(
    context: typer.Context,
    *,
    output: Annotated[ListFormat, typer.Option("--output", "-o", help="How to print the list.")] = ListFormat.TABLE,
) -> None:
    """List earlier runs, the latest first."""
    if context.invoked_subcommand is not None:
        return
    from batchctl.cli.terminal import bounds
    from batchctl.config.user import user_store
    from batchctl.render.result.run_list import runs_json, runs_table

    terminal = ScreenOptions().terminal()
    found = user_store(os.environ).list()
    if output is ListFormat.JSON:
        terminal.document(runs_json(found))
    elif found:
        terminal.result(runs_table(found, bounds(sys.stdout)))
    else:
        terminal.note("no runs yet")


@runs.command("show", cls=Command)
@grouped
def show(run: RunArgument = "latest", *, output: OutputOptions, screen: ScreenOptions) -> None:
    """Show what a run brought, in every form that run has."""
    from batchctl.cli.query import picked, query_of
    from batchctl.cli.rows_output import RowsOutput
    from batchctl.cli.run_output import RunOutput, require_places
    from batchctl.cli.terminal import bounds
    from batchctl.config.user import user_store
    from batchctl.files.places import require_apart
    from batchctl.launch.earlier import EarlierRun
    from batchctl.launch.earlier_rows import ROW_KINDS, EarlierRows
    from batchctl.render.result.run_list import run_facts

    terminal, store = screen.terminal(), user_store(os.environ)
    query = query_of(output, terminal)
    require_places(output)
    require_apart({}, output.written)
    earlier = EarlierRun.of(store, run)
    facts = earlier.facts
    if facts.kind in ROW_KINDS and output.asked_for:
        rows = EarlierRows.of(store, facts)
        where = " · ".join(filter(None, (f"run {facts.id}", facts.host)))
        elapsed_s = (facts.finished_s or facts.started_s) - facts.started_s
        RowsOutput(rows.plan, output, terminal, where, facts.file, query).write(rows.result, elapsed_s)
        _say_what_next(facts, earlier.response, terminal)
        return
    if earlier.body is None:
        if output.asked_for:
            raise UsageError(f"run {facts.id} has no whole result for {output.asked_for}")
        terminal.result(run_facts(facts, bounds(sys.stdout)))
        _say_what_next(facts, earlier.response, terminal)
        return
    if earlier.plan is None or earlier.result is None:
        if output.written or output.output not in (None, Output.TREE, Output.JSON):
            raise UsageError(
                f"run {facts.id} is without its definition, so that only its JSON can be shown, not {output.asked_for}",
                hint="-o json prints it",
            )
        document = write_json(terminal.redactor.data(earlier.body), indent=2)
        if query:
            terminal.data([picked(query, document, terminal)])
            return
        if output.output is not Output.JSON:
            terminal.result(run_facts(facts, bounds(sys.stdout)))
        terminal.document([document, "\n"])
        return
    where = f"run {facts.id} · {facts.host}"
    RunOutput(earlier.plan, output, terminal, where, facts.file, query=query).write(earlier.result)


@runs.command("prune", cls=Command)
def prune(
    run: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]…", help="Delete these.", show_default=False, autocompletion=run_ids),
    ] = None,
    *,
    days: Annotated[float, typer.Option("--days", min=0, help="Delete runs older than this many days.")] = 30,
    megabytes: Annotated[
        int, typer.Option("--megabytes", min=0, help="Delete the oldest until all take no more than this.")
    ] = 1024,
) -> None:
    """Delete the runs that are named, else old ones. New runs do this by themselves, with the same limits."""
    from batchctl.config.user import user_store
    from batchctl.store.pruning import PruneLimits

    store = user_store(os.environ)
    limits = PruneLimits(days * _DAY_S, megabytes * _MB)
    removed = [store.remove(each) for each in run] if run else store.prune(limits)
    terminal = ScreenOptions().terminal()
    terminal.result(f"{each}\n" for each in removed)
    terminal.note(f"{len(removed)} deleted")


def _say_what_next(facts: RunFacts, response: Path | None, terminal: Terminal) -> None:
    if response is not None and response.stat().st_size:
        terminal.note(f"the partial response is in {response}")
    if facts.kind in ("direct", "each") and facts.state in ("incomplete", "interrupted", "failed"):
        terminal.suggest(f"to resume: batchctl run --resume {facts.id}")
    if facts.kind in ("sync", "sync-each") and facts.state in ("incomplete", "interrupted", "failed"):
        terminal.suggest(f"to resume: batchctl sync --resume {facts.id}")
    if facts.kind == "truto" and facts.state in ("running", "incomplete", "interrupted"):
        key = f"; its idempotency key is {facts.key}, to run it again without writing twice" if facts.key else ""
        terminal.note(f"Truto was not asked again: the batch may have come to its end there{key}")
