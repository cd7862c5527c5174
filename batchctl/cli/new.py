"""``batchctl new``: a definition to start from, or one made of what is there already."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.new_files import NewFiles
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.cli.terminal import Terminal

_ENDINGS = (".yaml", ".yml")
_ACCOUNT = re.compile(r"(?m)^integrated_account_id: .*$")


class TemplateKind(StrEnum):
    """The templates; see ``batchctl.authoring.templates``."""

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
    from batchctl.cli.options import Color
    from batchctl.cli.terminal import Terminal

    if source is not None and template is not None:
        raise UsageError("--from and --template are two ways to start", hint="give one of them")
    terminal, account = Terminal(Color.NEVER), ""
    if name is None:
        name, template, account = _answers(terminal, template, source)
    kind = template or TemplateKind.LIST
    file = _place(name, ".sync" if kind is TemplateKind.SYNC else ".batch")
    with NewFiles() as files:
        if source is not None:
            notes = _convert(files, file, source)
        else:
            _start(files, file, kind, account)
            notes = []
    for written in files.written:
        terminal.note(f"wrote {written}")
    for note in notes:
        terminal.note(f"  {note}")
    following = "validate" if source is not None else "sync" if kind is TemplateKind.SYNC else "run"
    terminal.note(f"next: batchctl {following} {file}{' --local' if following == 'run' else ''}")


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


def _start(files: NewFiles, file: Path, kind: TemplateKind, account: str) -> None:
    from batchctl.authoring import TEMPLATES

    stem = file.name.removesuffix(file.suffix).removesuffix(".batch").removesuffix(".sync")
    template = TEMPLATES[kind.value]
    text = template.text.format(title=_scalar(stem.replace("-", " ").replace("_", " ")))
    if account:
        text = _ACCOUNT.sub(lambda _: f"integrated_account_id: {_scalar(account)}", text, count=1)
    files.write(file, _with_schema(files, file, text, kind))
    beside = {f"fixtures/{path}": each for path, each in template.fixtures.items()}
    for path, content in {**beside, **template.parts}.items():
        files.write_missing(file.parent / path, content)


def _convert(files: NewFiles, file: Path, source: str) -> list[str]:
    """Write what ``source`` becomes; what is not as it was, a sentence each."""
    from batchctl.authoring import convert
    from batchctl.authoring.writing import written
    from batchctl.cli.inputs import read_bytes
    from batchctl.definition.sync_job import sign_of_sync_job
    from batchctl.files import reader_of

    try:
        text = read_bytes(source).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8", hint="save it as UTF-8") from error
    draft = convert(text, file=source, read_file=reader_of("" if source == "-" else source))
    kind = TemplateKind.LIST if sign_of_sync_job(draft.data) is None else TemplateKind.SYNC
    made = written(draft.data, draft.notes, variables=draft.variables)
    files.write(file, _with_schema(files, file, made, kind))
    return draft.notes


def _with_schema(files: NewFiles, file: Path, text: str, kind: TemplateKind) -> str:
    """The text with the line by which editors find the schema, which is written beside it."""
    from batchctl.definition.editor_schema import editor_schema

    of = "sync-job" if kind is TemplateKind.SYNC else "batch"
    schema = f"{of}.schema.json"
    files.write_missing(file.parent / schema, editor_schema("sync-job" if of == "sync-job" else "batch"))
    return f"# yaml-language-server: $schema={schema}\n{text}"


def _place(name: str, ending: str) -> Path:
    """The file: with an ending that ``validate`` looks for in folders."""
    path = Path(name)
    if not path.name or path.name in (".", "..", "-") or not name.isprintable():
        raise UsageError("a batch needs a name, for example batchctl new contacts")
    if path.suffix not in _ENDINGS:
        return path.with_name(f"{path.name.removesuffix(ending)}{ending}.yaml")
    return path if path.stem.endswith(ending) else path.with_name(f"{path.stem}{ending}{path.suffix}")


def _scalar(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
