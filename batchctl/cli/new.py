"""``batchctl new``: a definition to start from, or one made of what is there already."""

from __future__ import annotations

import shlex
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.cli.terminal import Terminal


class TemplateKind(StrEnum):
    """The values of ``new --template``: what the new definition shows.

    They are ``list``, ``include``, ``loop``, ``recursion``, ``write`` and ``sync``; their texts are in
    ``authoring.templates``.
    """

    LIST = "list"
    INCLUDE = "include"
    LOOP = "loop"
    RECURSION = "recursion"
    WRITE = "write"
    SYNC = "sync"


def new(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Name of the batch, or a path to its file; a terminal is asked for it."),
    ] = None,
    *,
    template: Annotated[
        TemplateKind | None,
        typer.Option(
            "--template",
            "-t",
            help="A list (the default), an include, a loop, a recursion, a write, a sync job.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE|-", help="Make it of this: a curl command, a .http file, a JSON body, a sync job."
        ),
    ] = None,
) -> None:
    """Write a definition to start from, with records to run it over, or turn a request into one.

    What is there is never overwritten.
    """
    from batchctl.authoring.starting import new_file, start, start_from
    from batchctl.cli.options import Color
    from batchctl.cli.terminal import Terminal
    from batchctl.files.new_files import NewFiles

    if source is not None and template is not None:
        raise UsageError("--from and --template are two ways to start", hint="give one of them")
    terminal, account = Terminal(Color.NEVER), ""
    if name is None:
        name, template, account = _answers(terminal, template, source)
    kind = template or TemplateKind.LIST
    file = new_file(name, is_sync_job=kind is TemplateKind.SYNC)
    with NewFiles() as files:
        if source is not None:
            notes = start_from(files, file, source)
        else:
            start(files, file, kind.value, account)
            notes = []
    for written in files.written:
        terminal.note(f"wrote {written}")
    for note in notes:
        terminal.note(f"  {note}")
    following = "validate" if source is not None else "sync" if kind is TemplateKind.SYNC else "run"
    terminal.note(f"next: batchctl {following} {shlex.quote(str(file))}{' --local' if following == 'run' else ''}")


def _answers(
    terminal: Terminal, template: TemplateKind | None, source: str | None
) -> tuple[str, TemplateKind | None, str]:
    """The name, template and account that a person gives. Raises ``UsageError`` where nobody can be asked."""
    from batchctl.authoring import TEMPLATES
    from batchctl.cli.new_asking import asked

    if source is not None or not terminal.can_ask():
        raise UsageError("a batch needs a name, for example batchctl new contacts")
    answers = asked(TEMPLATES, template.value if template else None)
    return answers.name, TemplateKind(answers.template), answers.account
