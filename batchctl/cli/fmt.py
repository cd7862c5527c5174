"""``batchctl fmt``: definitions in canonical form."""

from __future__ import annotations

import gc
from collections import Counter
from typing import Annotated

import typer

from batchctl.cli.options import Color, ColorOption, PathsArgument, QuietOption
from batchctl.errors import BatchctlError, ExitCode


def fmt(
    paths: PathsArgument = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; print what would change.")] = False,
    stdin_filename: Annotated[
        str | None, typer.Option("--stdin-filename", metavar="PATH", help="The name of stdin; .json stays JSON.")
    ] = None,
    color: ColorOption = Color.AUTO,
    quiet: QuietOption = False,
) -> None:
    """Write definitions in canonical form: blocks, key order, quotes. What is sent stays the same, comments stay.

    Exit codes: 0 success, 1 a file can't be formatted (or, with --check or --diff, would change), 2 wrong use.
    """
    from batchctl.cli.terminal import Terminal, complain
    from batchctl.config.definition_files import find_files
    from batchctl.config.fixing import unified
    from batchctl.config.settings import SettingsFinder
    from batchctl.formatting import format_file
    from batchctl.plain import counted

    # Nothing here makes garbage in circles worth the search for it: a quarter of the time of a large file.
    gc.disable()
    terminal = Terminal(color, quiet=quiet)
    files, complaints = find_files(paths or [], SettingsFinder())
    counts = Counter[str]()
    for file in files:
        try:
            found = format_file(file, stdin_name=stdin_filename)
            counts.update(seen=1, changed=int(found.changes), failed=int(bool(found.problem)))
            if found.problem:
                terminal.warn(f"error: {found.name} stays as it is: {found.problem}")
            if diff:
                terminal.result(unified(found.name, found.before, found.after))
            elif not check:
                found.write(terminal.copied)
            elif found.changes:
                terminal.note(f"would change {file}")
        except BatchctlError as error:
            complaints.append(error)
    for complaint in complaints:
        complain(complaint)
    if counts["seen"]:
        verb = "would change" if check or diff else "changed"
        terminal.note(f"{verb} {counts['changed']} of {counted(counts['seen'], 'file')}")
    if complaints:
        raise typer.Exit(ExitCode.USAGE)
    if counts["failed"] or (counts["changed"] and (check or diff)):
        raise typer.Exit(ExitCode.DEFINITION)
