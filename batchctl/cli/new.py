"""``batchctl new``: a definition to start from, or one made of what is there already."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.cli.terminal import Terminal

_ENDINGS = (".yaml", ".yml")


class TemplateKind(StrEnum):
    """The templates; see ``batchctl.authoring.templates``."""

    LIST = "list"
    INCLUDE = "include"
    LOOP = "loop"
    RECURSION = "recursion"
    WRITE = "write"
    SYNC = "sync"


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the batch, or a path to its file.")],
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
    ending = ".sync" if template is TemplateKind.SYNC else ".batch"
    file = _place(name, ending)
    terminal = Terminal(Color.NEVER)
    if source is not None:
        _convert(file, source, terminal)
    else:
        _start(file, template or TemplateKind.LIST, terminal)


def _start(file: Path, kind: TemplateKind, terminal: Terminal) -> None:
    from batchctl.authoring import TEMPLATES

    title = (
        file.name.removesuffix(file.suffix)
        .removesuffix(".batch")
        .removesuffix(".sync")
        .replace("-", " ")
        .replace("_", " ")
    )
    template = TEMPLATES[kind.value]
    _write(file, template.text.format(title=_scalar(title)))
    terminal.note(f"wrote {file}")
    beside = {f"fixtures/{path}": records for path, records in template.fixtures.items()} | template.parts
    for path, text in beside.items():
        place = file.parent / path
        if not place.exists():
            _write(place, text)
            terminal.note(f"wrote {place}")
    terminal.note(f"next: batchctl sync {file}" if kind is TemplateKind.SYNC else f"next: batchctl run {file} --local")


def _convert(file: Path, source: str, terminal: Terminal) -> None:
    from batchctl.authoring import convert
    from batchctl.authoring.writing import written
    from batchctl.cli.inputs import read_bytes
    from batchctl.files import reader_of

    try:
        text = read_bytes(source).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8", hint="save it as UTF-8") from error
    draft = convert(text, file=source, read_file=reader_of("" if source == "-" else source))
    _write(file, written(draft.data, draft.notes, variables=draft.variables))
    terminal.note(f"wrote {file}")
    for note in draft.notes:
        terminal.note(f"  {note}")
    terminal.note(f"next: batchctl validate {file}")


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


def _write(path: Path, text: str) -> None:
    """A new file, whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(text)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint="choose another name, or remove it first") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        raise UsageError(f"can't write {path}: {reason.lower()}") from error
