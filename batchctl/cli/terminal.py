"""Where text leaves batchctl: stdout for results, stderr for the rest, secrets masked on the way.

Text for people is ``Shown``, which the command's ``Redactor`` makes; nothing else is written to a screen. Data that
the user asks for (``-o json``) is the service's own, and has a method of its own.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO, cast

from batchctl.config.credentials import TOKEN_VARIABLE
from batchctl.errors import Interrupted
from batchctl.files import not_written
from batchctl.plain import clean
from batchctl.redaction import Redactor, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rich.console import Console, RenderableType

    from batchctl.cli.options import Color
    from batchctl.errors import BatchctlError

_PIPE_WIDTH = 100
_BUG_REPORTS = "please report it, with the command and its output under --debug"


class Terminal:
    """Writes the output of one command: results to stdout, the rest to stderr, with secrets masked.

    ``color`` is the value of ``--color``; with ``quiet`` notices are not printed. ``secrets`` are texts to mask from
    the start, ``ascii_only`` allows only ASCII. What writes to stdout raises ``UsageError`` when the file that it is
    redirected to can't be written; a closed pipe ends it silently.
    """

    def __init__(
        self, color: Color, *, quiet: bool = False, secrets: Iterable[str] = (), ascii_only: bool = False
    ) -> None:
        self._color = color
        self._ascii_only = ascii_only
        self.quiet = quiet
        self.hide(secrets)

    @property
    def redactor(self) -> Redactor:
        """The redactor of this command: it masks the known secrets in everything that is shown."""
        return _COMMAND.redactor

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask ``secrets`` too from now on, in everything that this process shows."""
        _COMMAND.redactor = _COMMAND.redactor.with_secrets(secrets)

    def spare(self, words: Iterable[str]) -> None:
        """Don't mask ``words`` (names of resources), even where a secret is the same text."""
        _COMMAND.redactor = _COMMAND.redactor.sparing(words)

    def colored(self, stream: TextIO) -> bool:
        """Whether text on ``stream`` is coloured: by ``--color``, NO_COLOR (https://no-color.org) and FORCE_COLOR."""
        return wants_color(self._color, stream, os.environ)

    def result(self, pieces: Iterable[str]) -> None:
        """Write text for people to stdout, piece by piece, with secrets masked. A closed pipe is not an error."""
        _write_all(map(self.redactor.text, pieces))

    def document(self, pieces: Iterable[str]) -> None:
        """Write a JSON, YAML or XML text to stdout, piece by piece, whose values have been masked already."""
        _write_all(self.redactor.document(pieces))

    def data(self, pieces: Iterable[str]) -> None:
        """Write data to stdout, piece by piece, exactly as the service gave it; nothing is masked.

        It is the user's own export.
        """
        for piece in pieces:
            if not _write_raw(sys.stdout, piece):
                return

    def copied(self, data: bytes) -> None:
        """Write the text of a definition that came from stdin, fixed or formatted, to stdout: as it is, unmasked."""
        _guarded(sys.stdout, lambda: sys.stdout.buffer.write(data))

    def view(self, renderable: RenderableType) -> None:
        """Draw a rich renderable on stdout."""
        self.result([self._drawn(renderable, sys.stdout)])

    def views(self, renderables: Iterable[RenderableType]) -> None:
        """Draw rich renderables on stdout one after the other, each as soon as the iterable yields it."""
        self.result(self._drawn(renderable, sys.stdout) for renderable in renderables)

    def bare(self, text: str) -> None:
        """Write text to stdout in which the file's secrets are not masked, as the user asked for; the token is."""
        _write(sys.stdout, Redactor([os.environ.get(TOKEN_VARIABLE, "")]).text(text))

    def aside(self, renderable: RenderableType) -> None:
        """Draw a rich renderable on stderr, unless quiet."""
        if not self.quiet:
            _write(sys.stderr, self.redactor.text(self._drawn(renderable, sys.stderr)))

    def plain(self, line: str) -> None:
        """Write one line to stderr without wrapping, unless quiet."""
        if self.quiet:
            return
        if self.ascii_only(sys.stderr):
            from batchctl.render.text.ascii import to_ascii

            line = to_ascii(line)
        self.problem(line)

    def ascii_only(self, stream: TextIO) -> bool:
        """Whether ``stream`` gets ASCII only: because ``--ascii`` asks for it, or its encoding has nothing else."""
        return self._ascii_only or not _speaks(stream, "✔─")

    def is_live(self) -> bool:
        """Whether a picture can be redrawn on stderr: it is a terminal, and quiet is not asked for."""
        return not self.quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def can_ask(self) -> bool:
        """Whether a person can be asked: stdin and stderr are terminals."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def ask(self, question: str) -> bool:
        """Ask a yes-or-no question on stderr, and say whether the answer is yes. Ctrl-C raises ``Interrupted``."""
        _write(sys.stderr, self.redactor.text(f"{question} [y/N] "))
        try:
            return sys.stdin.readline().strip().lower() in ("y", "yes")
        except KeyboardInterrupt:
            _write(sys.stderr, self.redactor.text("\n"))
            raise Interrupted("interrupted; nothing was sent") from None

    def note(self, message: str) -> None:
        """Print a notice on stderr, unless quiet; on a narrow terminal it wraps at words."""
        if not self.quiet:
            self.warn(message)

    def warn(self, message: str) -> None:
        """Print a notice on stderr, also when quiet."""
        _say(self.redactor.text(message))

    def suggest(self, text: str) -> None:
        """Print a command and its label, ``to resume: batchctl run …``, on stderr, unless quiet.

        The command stays on one line, to be copied.
        """
        label, separator, command = text.partition(": ")
        columns = bounds(sys.stderr)
        if columns is not None and len(text) > columns:
            separator = ":\n  "
        if not self.quiet:
            self.problem(f"{label}{separator}{command}")

    def problem(self, text: str) -> None:
        """Write text that is already laid out to stderr, and a newline; also when quiet."""
        _write(sys.stderr, self.redactor.text(f"{text}\n"))

    def console(self, stream: TextIO, *, live: bool = False) -> Console:
        """A rich console that draws on ``stream`` with this command's colours and width.

        A ``live`` one moves the cursor to redraw, and follows changes of the terminal's size.
        """
        from rich.console import Console

        colored = self.colored(stream)
        return Console(
            file=cast("TextIO", _Ascii(stream)) if live and self.ascii_only(stream) else stream,
            color_system="standard" if colored else None,
            force_terminal=live or colored,
            no_color=not colored,
            # A terminal may change its size while something lives in it.
            width=None if live else width(stream),
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def _drawn(self, renderable: RenderableType, stream: TextIO) -> str:
        console = self.console(stream)
        with console.capture() as capture:
            console.print(renderable)
        text = "\n".join(line.rstrip() for line in capture.get().split("\n"))
        if not self.ascii_only(stream):
            return text
        from batchctl.render.text.ascii import to_ascii

        return to_ascii(text)


class _Ascii:
    """A stream that gets ASCII alone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = "ascii"

    def write(self, text: str) -> int:
        """Write what ``text`` looks like in ASCII."""
        from batchctl.render.text.ascii import to_ascii

        return self._stream.write(to_ascii(text))

    def flush(self) -> None:
        """Pass it on."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream.isatty()


def wants_color(color: Color, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to use colour on ``stream``: ``--color`` decides, else the variables NO_COLOR and FORCE_COLOR.

    Of both variables NO_COLOR counts; an empty one counts as not set. Without these it is used where the stream is a
    terminal that is not ``dumb``. ``environment`` has the variables.
    """
    if color.value != "auto":
        return color.value == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def complain(error: BatchctlError) -> None:
    """Print an error to stderr with its hint and its notes, secrets masked."""
    redact = _COMMAND.redactor.text
    _say(redact(f"error: {error}"))
    if error.hint:
        _say(redact(f"  hint: {error.hint}"))
    for note in getattr(error, "__notes__", ()):
        _say(redact(f"  note: {note}"))


def report_bug(error: Exception, *, debug: bool = False) -> None:
    """Print a sentence about an unexpected exception to stderr; with ``debug`` also its traceback."""
    if debug:
        import traceback

        _write(sys.stderr, _COMMAND.redactor.text("".join(traceback.format_exception(error))))
    text = f"error: this is a bug in batchctl ({type(error).__name__}); {_BUG_REPORTS}\n"
    _say(_COMMAND.redactor.text(text.rstrip("\n")))


def _say(text: Shown) -> None:
    """A notice on stderr, in the lines that its width asks for; what controls a terminal is shown as an escape.

    What is wrapped or escaped has passed the gate before.
    """
    if not text.isprintable():
        # Many notices quote what a service, a file or a library said.
        text = _COMMAND.redactor.text("\n".join(map(clean, text.split("\n"))))
    columns = bounds(sys.stderr)
    if columns is not None and len(text) > columns:
        from batchctl.render.text.wrapping import wrapped

        text = _COMMAND.redactor.text(wrapped(text, columns))
    _write(sys.stderr, text)
    _write(sys.stderr, _COMMAND.redactor.text("\n"))


def bounds(stream: TextIO) -> int | None:
    """How many columns text on ``stream`` may have; None (any number) for a pipe or file, unless COLUMNS is set."""
    return width(stream) if os.environ.get("COLUMNS", "").isdecimal() or stream.isatty() else None


def width(stream: TextIO) -> int:
    """How many columns ``stream`` has: COLUMNS, else those of its terminal, else 100; never less than 20."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return max(20, int(stated))
    try:
        return max(20, os.get_terminal_size(stream.fileno()).columns or _PIPE_WIDTH)
    except (OSError, ValueError):
        return _PIPE_WIDTH


def _speaks(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class _Command:
    """What the command that this process carries out knows of secrets: also where no ``Terminal`` is at hand."""

    def __init__(self) -> None:
        # Masked whether it is used or not: a fixture or a file may hold it too.
        self.redactor = Redactor([os.environ.get(TOKEN_VARIABLE, "")])


_COMMAND = _Command()


def _write_all(pieces: Iterable[Shown]) -> None:
    for piece in pieces:
        if not _write(sys.stdout, piece):
            return


def _write(stream: TextIO, text: Shown) -> bool:
    return _write_raw(stream, text)


def _write_raw(stream: TextIO, text: str) -> bool:
    """Write and flush, as ``_guarded`` has it."""

    def write() -> None:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            # A lone surrogate, or a character the encoding lacks: as an escape it is still JSON.
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))

    return _guarded(stream, write)


def _guarded(stream: TextIO, write: Callable[[], object]) -> bool:
    """Call ``write`` and flush; False when the reader is gone; later writes are dropped. Raises ``UsageError``."""
    try:
        write()
        stream.flush()
    except OSError as error:
        # Python flushes stdout once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if isinstance(error, BrokenPipeError) or stream is sys.stderr:
            return False
        raise not_written(stream.name.strip("<>"), error) from error
    return True
