"""``batchctl schema``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated

import typer


class SchemaKind(StrEnum):
    """The kinds of definition that have a schema, values of the command's argument: ``batch`` and ``sync-job``."""

    BATCH = "batch"
    SYNC_JOB = "sync-job"


def schema(
    kind: Annotated[SchemaKind, typer.Argument(help="Of which kind of definition.")] = SchemaKind.BATCH,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where to write it [default: stdout].")
    ] = None,
) -> None:
    """Print the JSON Schema of definitions, for editors."""
    from batchctl.cli.options import Color
    from batchctl.cli.terminal import Terminal
    from batchctl.definition.editor_schema import editor_schema
    from batchctl.files import write_whole
    from batchctl.files.places import require_place

    text = editor_schema(kind.value)
    if output is None:
        Terminal(Color.NEVER).result([text])
        return
    require_place(output, "--output")
    write_whole(output, [text])
