"""Where text leaves batchctl: stdout for results, stderr for the rest, secrets masked on the way."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

from batchctl.config.credentials import TOKEN_VARIABLE
from batchctl.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import RenderableType

    from batchctl.cli.options import Color
    from batchctl.errors import BatchctlError

_PIPE_WIDTH = 100
_BUG_REPORTS = "please report it, with the command and its output under --debug"


class Terminal:
    """One command's way out: knows colour, width and the secrets to mask."""

    def __init__(self, color: Color, *, quiet: bool = False, secrets: Iterable[str] = ()) -> None:
        self._color = color
        self._quiet = quiet
        # Masked whether it is used or not: a fixture or a file may hold it too.
        self.redactor = Redactor([*secrets, os.environ.get(TOKEN_VARIABLE, "")])

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these too from now on."""
        self.redactor = self.redactor.with_secrets(secrets)

    def colored(self, stream: TextIO) -> bool:
        """Whether ``stream`` gets colour; https://no-color.org and FORCE_COLOR are heard."""
        return wants_color(self._color, stream, os.environ)

    def result(self, pieces: Iterable[str]) -> None:
        """Write text to stdout. A reader who went away is no reason to fail."""
        for piece in pieces:
            if not _write(sys.stdout, self.redactor.text(piece)):
                return

    def view(self, renderable: RenderableType) -> None:
        """Draw a rich renderable on stdout."""
        self.result([self._drawn(renderable, sys.stdout)])

    def views(self, renderables: Iterable[RenderableType]) -> None:
        """Draw one after the other on stdout, each as soon as it is there."""
        self.result(self._drawn(renderable, sys.stdout) for renderable in renderables)

    def bare(self, text: str) -> None:
        """Write to stdout with secrets in it, which the user has asked for by name."""
        _write(sys.stdout, text)

    def note(self, message: str) -> None:
        """One line on stderr, unless quiet."""
        if not self._quiet:
            self.problem(message)

    def problem(self, text: str) -> None:
        """Text on stderr, also when quiet."""
        _write(sys.stderr, self.redactor.text(text) + "\n")

    def _drawn(self, renderable: RenderableType, stream: TextIO) -> str:
        from rich.console import Console

        console = Console(
            color_system="standard" if self.colored(stream) else None,
            force_terminal=self.colored(stream),
            no_color=not self.colored(stream),
            width=_width(stream),
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        with console.capture() as capture:
            console.print(renderable)
        lines = (line.rstrip() for line in capture.get().splitlines())
        return "\n".join(lines) + "\n"


def wants_color(color: Color, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """``--color`` first, then NO_COLOR, FORCE_COLOR, and whether a capable terminal is there."""
    if color.value != "auto":
        return color.value == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def complain(error: BatchctlError) -> None:
    """An error and its hint on stderr."""
    _write(sys.stderr, f"error: {error}\n")
    if error.hint:
        _write(sys.stderr, f"  hint: {error.hint}\n")


def report_bug(error: Exception) -> None:
    """A sentence for an exception that nobody foresaw."""
    _write(sys.stderr, f"error: this is a bug in batchctl ({type(error).__name__}); {_BUG_REPORTS}\n")


def _width(stream: TextIO) -> int:
    fallback = (_PIPE_WIDTH, 24)
    return (
        max(20, shutil.get_terminal_size(fallback).columns)
        if stream.isatty() or "COLUMNS" in os.environ
        else _PIPE_WIDTH
    )


def _write(stream: TextIO, text: str) -> bool:
    """Write and flush; False when the reader is gone, after which the stream leads nowhere."""
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # Python flushes stdout once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True
