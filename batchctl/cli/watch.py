"""``batchctl watch``: check a definition and preview it again whenever a file that it is made from is saved."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# How often it looks, in seconds, and at how many files of a fixtures folder.
INTERVAL_S = 0.2
MAX_FILES = 5_000
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def watch(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The definition, YAML or JSON.", show_default=False)],
) -> None:
    """Validate and dry-run again on every save. Options after the file are those of dry-run. Ctrl-C ends it.

    Example: batchctl watch sync.yaml --arg since=2026-01-01 --summary
    """
    if not Path(file).is_file():
        raise UsageError(f"there is no file {file}", hint="watch needs a file, not stdin")
    rest = list(ctx.args)
    try:
        for _ in _changes([file, *rest]):
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


def _changes(words: Sequence[str]) -> Iterator[None]:
    """Once at the start, and once for every time that something in these files and folders was saved."""
    seen: object = None
    while True:
        now = _state(words)
        if now != seen:
            # An editor writes in several steps: what it wrote is looked at once it is done.
            while (after := _state(words)) != now:
                now = after
                time.sleep(INTERVAL_S)
            seen = now
            yield
        time.sleep(INTERVAL_S)


def _state(words: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Time and size of every file that is named, or lies below a folder that is named, or beside the definition."""
    places = [Path(word.partition("=")[2] if word.startswith("--") else word) for word in words]
    places.append(Path(words[0]).parent / "fixtures")
    return dict(_stamps([*places, *_included(Path(words[0]))]))


def _included(file: Path) -> list[Path]:
    """The files that the definition includes, as far as they can be read now."""
    from batchctl.definition import read
    from batchctl.files import reader_of

    try:
        text = file.read_bytes()
    except OSError:
        return []
    if b"include" not in text:
        return []
    source = read(text, file=str(file), read_file=reader_of(file)).source
    return [Path(part.source.file) for part in source.parts[1:]]


def _stamps(places: Sequence[Path]) -> Iterator[tuple[str, tuple[int, int]]]:
    left = MAX_FILES
    for place in places:
        try:
            files = place.rglob("*") if place.is_dir() and place != Path() else [place]
            for found in files:
                if left <= 0:
                    return
                left -= 1
                if found.is_file():
                    known = found.stat()
                    yield str(found), (known.st_mtime_ns, known.st_size)
        except (OSError, ValueError):
            # Gone in this moment, or no path at all: a change will show.
            continue
