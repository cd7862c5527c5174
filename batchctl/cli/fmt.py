"""``batchctl fmt``: definitions in canonical form."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.options import Color, ColorOption, QuietOption
from batchctl.errors import BatchctlError, ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.cli.terminal import Terminal


def fmt(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|-]…", help="Files, folders (*.batch|sync.yaml|yml|json) or globs [default: .]."),
    ] = None,
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
    from batchctl.cli.terminal import Terminal
    from batchctl.config.definition_files import find_files
    from batchctl.config.settings import SettingsFinder

    # Nothing here makes garbage in circles worth the search for it: a quarter of the time of a large file.
    gc.disable()
    terminal = Terminal(color, quiet=quiet)
    files, complaints = find_files(paths or [], SettingsFinder())
    run = _Run(terminal, stdin_filename, writes=not (check or diff), shows=diff)
    for file in files:
        try:
            run.take(file)
        except BatchctlError as error:
            complaints.append(error)
    run.finish(complaints)


class _Run:
    """One file after the other; what is wrong with one hides nothing of the others."""

    def __init__(self, terminal: Terminal, stdin_filename: str | None, *, writes: bool, shows: bool) -> None:
        self._terminal = terminal
        self._stdin_filename = stdin_filename
        self._writes = writes
        self._shows = shows
        self._seen = self._changed = self._failed = 0

    def take(self, file: str) -> None:
        """Format one file. Raises ``UsageError`` where it can't be read or written."""
        from batchctl.files import STDIN, read_bytes
        from batchctl.formatting import Unformattable, format_text

        data = read_bytes(file)
        name = (self._stdin_filename or "<stdin>") if file == STDIN else file
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"{name} is not UTF-8", hint="save it as UTF-8") from error
        self._seen += 1
        try:
            made = format_text(text, is_json=name.lower().endswith(".json"))
        except Unformattable as error:
            self._failed += 1
            self._terminal.warn(f"error: {name} stays as it is: {error}")
            made = text
        self._changed += made != text
        if self._shows:
            self._show(name, text, made)
        elif self._writes and file == STDIN:
            sys.stdout.buffer.write(made.encode())
            sys.stdout.buffer.flush()
        elif made != text:
            self._write(file, made)

    def _write(self, file: str, made: str) -> None:
        from batchctl.files import write_whole

        if self._writes:
            write_whole(Path(file), [made])
        else:
            self._terminal.note(f"would change {file}")

    def _show(self, name: str, text: str, made: str) -> None:
        from batchctl.cli.fixing import unified

        self._terminal.result(unified(name, text, made))

    def finish(self, complaints: Sequence[BatchctlError]) -> None:
        """Say what was done, and with which exit code."""
        from batchctl.plain import counted

        for complaint in complaints:
            self._terminal.warn(f"error: {complaint}")
            if complaint.hint:
                self._terminal.warn(f"  hint: {complaint.hint}")
        verb = "changed" if self._writes else "would change"
        if self._seen:
            self._terminal.note(f"{verb} {self._changed} of {counted(self._seen, 'file')}")
        if complaints:
            raise typer.Exit(ExitCode.USAGE)
        if self._failed or (self._changed and not self._writes):
            raise typer.Exit(ExitCode.DEFINITION)
