"""``batchctl watch``: check a definition and preview it again whenever a file that it is made from is saved."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.definition.loading import included_files
from batchctl.errors import ExitCode, UsageError
from batchctl.files import STDIN, require_file
from batchctl.files.saves import saves

if TYPE_CHECKING:
    from collections.abc import Sequence

# Options that it does not know are those of dry-run.
CONTEXT_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def watch(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The definition, YAML or JSON.", show_default=False)],
) -> None:
    """Validate and dry-run again on every save. Options after the file are those of dry-run. Ctrl-C ends it.

    Example: batchctl watch sync.yaml --arg since=2026-01-01 --summary
    """
    if file == STDIN:
        raise UsageError("watch needs a file, not stdin")
    require_file(Path(file))
    rest = list(ctx.args)
    try:
        for _ in saves(lambda: _places([file, *rest])):
            _show(file, rest)
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.OK) from None


def _show(file: str, rest: Sequence[str]) -> None:
    """What both commands say now; the screen is cleared first where there is one."""
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
    own = [sys.executable, "-m", "batchctl"]
    checked = subprocess.run([*own, "validate", file, "--quiet", *_shared(rest)], check=False)  # noqa: S603 - this program
    if checked.returncode == ExitCode.OK:
        subprocess.run([*own, "dry-run", file, *rest], check=False)  # noqa: S603 - this program
    sys.stdout.write(f"-- {time.strftime('%H:%M:%S')}  watching {file}; Ctrl-C ends\n")
    sys.stdout.flush()


def _shared(rest: Sequence[str]) -> list[str]:
    """The options that validate has too: colour."""
    return [f"--color={rest[place + 1]}" for place, word in enumerate(rest[:-1]) if word == "--color"]


def _places(words: Sequence[str]) -> list[Path]:
    """The files and folders that are named, the fixtures beside the definition, and what it includes."""
    places = [Path(word.partition("=")[2] if word.startswith("--") else word) for word in words]
    places.append(Path(words[0]).parent / "fixtures")
    return [*places, *included_files(Path(words[0]))]
