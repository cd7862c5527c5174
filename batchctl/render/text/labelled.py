"""A label, and beside it text that wraps below itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text


def labelled(label: Text, content: Text, *, width: int, indent: int = 0) -> RenderableType:
    """``label`` in ``width`` columns of the terminal, and beside it ``content``, which wraps below its own beginning.

    ``indent`` blanks come before both.
    """
    grid = Table.grid(padding=0)
    grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(label, content)
    return Padding(grid, (0, 0, 0, indent), expand=False)
