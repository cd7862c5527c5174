"""What a run has to say, in words on stderr."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, assert_never

from batchctl.execution.notices import (
    ConfigExposed,
    ContextRead,
    KeyChosen,
    NotRecorded,
    RecordsSaved,
    ResponseSaved,
    ResponsesReused,
    Resumable,
    Retrying,
    RowFinished,
    RunStarted,
    SentLiterally,
)
from batchctl.plain import counted, listed
from batchctl.redaction import Redactor

if TYPE_CHECKING:
    from batchctl.cli.run_options import ConnectionOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.remarks import RunRemark
    from batchctl.execution.notices import Notice, Notify

_MAX_NAMED = 5


def speaker(terminal: Terminal, *, how_to_resume: str = "", rows: bool = True) -> Notify:
    """What puts notices on stderr: all of them, or with ``--quiet`` those about data that would be lost otherwise.

    ``how_to_resume`` is the command that resumes a run, with ``{}`` for its id; without ``rows`` those that end are
    not said one by one, since all of them are shown at the end.
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


def resume_command(connection: ConnectionOptions) -> str:
    """The command that resumes a run over the same connection, with ``{}`` for the run's id. The token is not in it."""
    words = [
        *(["--api-url", connection.api_url] if connection.api_url else []),
        *(["--profile", connection.profile] if connection.profile else []),
        *(["--allow-http"] if connection.allow_http else []),
    ]
    given = shlex.join(words).replace("{", "{{").replace("}", "}}")
    return f"batchctl run --resume {{}} {given}".rstrip()


def remark_line(remark: RunRemark) -> str:
    """What the engine noticed about the values that it sent, as one line."""
    what = "sent literally: " if remark.kind == "sent-literally" else ""
    return f"{remark.key}: {what}{remark.sentence} ({counted(remark.count, 'call')})"


def words(notice: Notice, how_to_resume: str) -> str:
    """A notice as one line."""
    match notice:
        case RunStarted(run_id=run_id):
            return f"run {run_id}"
        case NotRecorded(reason=reason):
            return f"this run is not recorded: {reason}"
        case KeyChosen(key=key, rows=rows):
            return f"idempotency key {key}" + ("; each row adds its number" if rows else "")
        case SentLiterally(placeholders=names):
            return f"sent literally, since it has no value: {listed(list(names[:_MAX_NAMED]))}"
        case ConfigExposed(path=path):
            return f"{path} is readable by other users; run chmod 600 {path}"
        case Retrying(attempt=attempt, wait_s=wait_s, reason=reason):
            return f"{reason}; retry {attempt} in {wait_s:.1f} s"
        case ResponsesReused(count=count):
            return f"reused {counted(count, 'response')} from the journal"
        case ResponseSaved(path=path):
            return f"what was received is in {path}"
        case RecordsSaved(path=path):
            return f"complete records were saved to {path}"
        case Resumable(run_id=run_id):
            return f"to resume: {how_to_resume.format(run_id)}"
        case ContextRead() | RowFinished():
            return _longer(notice)
        case _:
            assert_never(notice)


def _longer(notice: ContextRead | RowFinished) -> str:
    if isinstance(notice, RowFinished):
        from batchctl.render.result.each import row_label

        return row_label(notice.end, Redactor().text)
    found, lost = listed(list(notice.names)), listed(list(notice.missing))
    said = (
        found and f"the account's context gives {found}",
        lost and f"the API tells no {lost} of the account; --context gives it",
    )
    return "; ".join(filter(None, said))
