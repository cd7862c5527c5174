"""``batchctl graph``: who waits for whom, and what repeats, as a picture."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from batchctl.cli.groups import grouped
from batchctl.cli.options import FileArgument
from batchctl.cli.run_options import InputOptions, ScreenOptions


class Picture(StrEnum):
    """The values of ``graph --format``, how the graph is drawn: ``text``, ``mermaid``, ``dot``, ``svg``."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"


@grouped
def graph(
    file: FileArgument,
    *,
    picture: Annotated[Picture, typer.Option("--format", help="How to draw it.")] = Picture.TEXT,
    inputs: InputOptions,
    screen: ScreenOptions,
) -> None:
    """Draw resources, what they wait for, and how often they repeat."""
    from batchctl.cli.checking import show_problems_or_plan
    from batchctl.render.graph.data import drawing
    from batchctl.render.graph.formats import FORMATS

    terminal = screen.terminal()
    given = inputs.of(file)
    plan = show_problems_or_plan(given.prepare(jobs=True), terminal, quiet=screen.quiet)
    title = plan.definition.name or given.shown
    pieces = FORMATS[picture](drawing(plan, title=title, redact=terminal.redactor.text))
    if picture is Picture.TEXT and terminal.ascii_only(sys.stdout):
        from batchctl.render.text.ascii import to_ascii

        pieces = map(to_ascii, pieces)
    terminal.document(pieces)
