"""What becomes of the run of a sync job: what it tells is written with ``--out``, else shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from batchctl.cli.output_options import Output
from batchctl.cli.run_output import shape_of
from batchctl.cli.terminal import width
from batchctl.files import write_whole
from batchctl.files.places import make_folder
from batchctl.json_types import write_json
from batchctl.render.result.formats import UNLIMITED
from batchctl.render.result.sync_rows import SYNC_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.sync import SyncResult
    from batchctl.plan.planner import Plan
    from batchctl.render.result.tree import RunView


def write_run(result: SyncResult, plan: Plan, view: RunView, asked: OutputOptions, terminal: Terminal) -> None:
    """Write the result of a sync job's run to ``--out``, if that is given, and print it as ``-o`` asks.

    A tree, the default, is also printed with ``--out``, any other format only without. ``plan`` is the run's, ``view``
    says how a tree shows it. Raises ``UsageError`` for a file that can't be written.
    """
    place = asked.place
    if place is not None:
        path = place.file("run")
        make_folder(path.parent)
        write_whole(path, _pieces(result, Output(place.format), asked, terminal))
        terminal.note(f"wrote {path}")
    if asked.output in (None, Output.TREE):
        from batchctl.render.result.sync import sync_tree

        terminal.view(sync_tree(result, plan, view))
    elif asked.out is None:
        write = terminal.result if asked.output is Output.TABLE else terminal.data
        write(_pieces(result, asked.output, asked, terminal, screen=True))


def _pieces(
    result: SyncResult, output: Output, asked: OutputOptions, terminal: Terminal, *, screen: bool = False
) -> Iterator[str]:
    data = result.json()
    if output is Output.JSON:
        # One run is one object.
        return iter([write_json(data, indent=2), "\n"])
    columns = width(sys.stdout) if screen and sys.stdout.isatty() else UNLIMITED
    return SYNC_FORMATS[output]([data], shape_of(asked, terminal, columns))
