"""``batchctl docs``: the pages of the documentation, in the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.options import Color, ColorOption
from batchctl.cli.suggest import page_names
from batchctl.config.folders import pages_folder
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

# The page to read about a command that has none of its own name.
_PAGES = {
    "run": "running-on-truto",
    "runs": "direct",
    "validate": "rules",
    "explain": "rules",
    "fmt": "formatting",
    "sync": "sync-jobs",
    "receive": "sync-jobs",
    "test": "definition-tests",
    "lsp": "editors",
    "watch": "editors",
    "completion": "editors",
    "eval": "jsonata",
    "schema": "file-reference",
    "login": "running-on-truto",
    "logout": "running-on-truto",
    "whoami": "running-on-truto",
    "capabilities": "choosing-resources",
    "graph": "dry-run",
    "docs": "index",
}


def docs(
    page: Annotated[
        str | None,
        typer.Argument(metavar="[PAGE]", help="A page, or a command [default: list them].", autocompletion=page_names),
    ] = None,
    *,
    color: ColorOption = Color.AUTO,
) -> None:
    """Read the documentation: list its pages, or show one. In a pipe it is Markdown."""
    from batchctl.cli.terminal import Terminal

    terminal, folder = Terminal(color), pages_folder()
    if page is None:
        pages = sorted(folder.glob("*.md"))
        width = max(len(each.stem) for each in pages)
        terminal.result(f"{each.stem.ljust(width)}  {_title(each)}\n" for each in pages)
        return
    text = _page(page, folder).read_text("utf-8")
    if not terminal.colored(sys.stdout):
        terminal.result([text])
        return
    from rich.markdown import Markdown

    terminal.views([Markdown(text)])


def _page(name: str, folder: Path) -> Path:
    """The file of a page. Raises ``UsageError`` for a name that no page and no command has."""
    from batchctl.diagnostics.spelling import suggestion

    known = {each.stem: each for each in folder.glob("*.md")}
    found = known.get(name.removesuffix(".md")) or known.get(_PAGES.get(name, ""))
    if found is None:
        hint = suggestion(name, [*known, *_PAGES]) or "batchctl docs lists them"
        raise UsageError(f'there is no page "{name}"', hint=hint)
    return found


def _title(page: Path) -> str:
    with page.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip()
