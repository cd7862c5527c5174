"""What a run has to say, in words on stderr."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from batchctl.execution.notices import ContextRead, RecordsSaved, ResponseSaved, Resumable, RowFinished
from batchctl.plain import counted
from batchctl.render.notices import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.cli.run_options import ConnectionOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.notices import Notice, Notify


def speaker(terminal: Terminal, *, how_to_resume: str = "", rows: bool = True) -> Notify:
    """A function that prints notices to stderr; with ``--quiet`` only those about data that would be lost otherwise.

    ``how_to_resume`` is the command that resumes a run, with ``{}`` for its id (empty: ``batchctl run --resume {}``).
    With ``rows=False`` the end of each row is not printed.
    """

    def notify(notice: Notice, /) -> None:
        if isinstance(notice, RowFinished):
            if not rows or terminal.quiet:
                return
            import sys

            from batchctl.render.result.each import row_line

            line = row_line(notice.end, terminal.redactor.text, reused=notice.reused)
            if terminal.colored(sys.stderr):
                terminal.aside(line)
            else:
                # Of thousands of rows each would lay out a screen of its own.
                terminal.plain(line.plain)
            return
        if isinstance(notice, ContextRead):
            terminal.hide(notice.secrets)
        text = words(notice, how_to_resume or "batchctl run --resume {}")
        if isinstance(notice, ResponseSaved | RecordsSaved):
            terminal.warn(text)
        elif isinstance(notice, Resumable):
            terminal.suggest(text)
        else:
            terminal.note(text)

    return notify


def resume_command(connection: ConnectionOptions, again: Sequence[str] = (), *, command: str = "run") -> str:
    """The command that resumes a run over the same connection, with ``{}`` for the run's id. It never has the token.

    ``command`` is the command of the run, ``run`` or ``sync``; ``again`` are words that have to be given again (the
    file, ``--direct``), since they are not stored.
    """
    words = [
        *(["--api-url", connection.api_url] if connection.api_url else []),
        *(["--profile", connection.profile] if connection.profile else []),
        *(["--allow-http"] if connection.allow_http else []),
    ]
    given = shlex.join(words).replace("{", "{{").replace("}", "}}")
    named = "".join(f"{shlex.quote(word)} " for word in again).replace("{", "{{").replace("}", "}}")
    text = f"batchctl {command} {named}--resume {{}} {given}".rstrip()
    return f"{text}, with the same arguments" if again else text


def secret_looking(count: int, where: str) -> str:
    """The beginning of a notice: ``2 values of the output look secret``; ``where`` is what they are in (``output``)."""
    return f"{counted(count, 'value')} of the {where} {'looks' if count == 1 else 'look'} secret"
