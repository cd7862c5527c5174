"""A tree that holds at any width: guides give way before the text does."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.text import Text

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import ConsoleOptions, RenderResult

_WIDE = ("├── ", "└── ", "│   ", "    ")
_SLIM = ("├ ", "└ ", "│ ", "  ")
# Below so many columns every one counts.
_NARROW = 40
# Rich breaks lines at no-break spaces, too; so they are replaced by a private-use character while wrapping.
_GLUE = "\ue000"


class Block(Protocol):
    """A part of a tree's branch that can be laid out in a given width, such as a paragraph.

    An implementation supplies ``lines``, which a ``TreeDrawing`` calls each time that it is laid out.
    """

    def lines(self, available: int) -> Iterable[Text]:
        """The lines of the part, none wider than ``available`` columns of the terminal."""


class Paragraph(Struct, frozen=True):
    """Text that wraps: its first line is indented by ``indent`` blanks, later ones by ``hang`` more."""

    text: Text
    indent: int = 0
    hang: int = 0

    def lines(self, available: int) -> Iterator[Text]:
        """The text in lines of at most ``available`` columns, broken between words; too long a word is broken, too."""
        if available <= self.indent + self.hang + 4:
            yield from wrapped(self.text, available, 0, 0)
        else:
            yield from wrapped(self.text, available, self.indent, self.hang)


class Indented(Struct, frozen=True):
    """A block that is indented by ``by`` blanks, where there is room for that."""

    block: Block
    by: int = 2

    def lines(self, available: int) -> Iterator[Text]:
        """The lines of the block, indented, none wider than ``available`` columns."""
        by = self.by if available > 4 * self.by else 0
        for line in self.block.lines(available - by):
            yield Text(" " * by).append_text(line)


class Branch(Struct):
    """A node of a tree: the blocks that it shows, one below the other, and the branches below it."""

    blocks: Sequence[Block]
    below: list[Branch] = field(default_factory=list)

    def add(self, blocks: Sequence[Block]) -> Branch:
        """Add a new branch with ``blocks`` below this one, as the last, and return it."""
        branch = Branch(blocks)
        self.below.append(branch)
        return branch


class TreeDrawing(Struct, frozen=True):
    """A tree that rich can print in any width; the blocks of ``footer`` come below it."""

    root: Branch
    footer: Sequence[Block] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.lines(options.max_width)

    def lines(self, available: int) -> Iterator[Text]:
        """All lines of the tree and its footer, none wider than ``available`` columns of the terminal."""
        deepest = _depth(self.root)
        guides = _WIDE if available >= _NARROW and deepest * len(_WIDE[0]) <= available // 3 else _SLIM
        # Deeper branches share the last guide, so that two thirds are left for text.
        room = max(1, available // 3 // len(guides[0]))
        for block in self.root.blocks:
            yield from block.lines(available)
        yield from _drawn(self.root, guides, room, available)
        for block in self.footer:
            yield from block.lines(available)


def _depth(branch: Branch) -> int:
    """Levels below ``branch``, without recursion since chains can be long."""
    levels, level = 0, branch.below
    while level:
        levels, level = levels + 1, [below for each in level for below in each.below]
    return levels


def _drawn(root: Branch, guides: tuple[str, ...], room: int, available: int) -> Iterator[Text]:
    """The branches below ``root``, after the guides of the last ``room`` levels."""
    # With each branch, whether the levels above it have ended, and whether it is the last one below its parent.
    pending: list[tuple[Branch, tuple[bool, ...], bool]] = [
        (branch, (), branch is root.below[-1]) for branch in reversed(root.below)
    ]
    tee, corner, bar, blank = guides
    while pending:
        branch, levels, last = pending.pop()
        indent = "".join(blank if ended else bar for ended in levels[-(room - 1) :] if room > 1)
        first, rest = indent + (corner if last else tee), indent + (blank if last else bar)
        rows = [line for block in branch.blocks for line in block.lines(max(4, available - len(first)))]
        for number, line in enumerate(rows):
            guide = (first if number == 0 else rest, "dim")
            yield Text.assemble(guide, line, no_wrap=True, overflow="crop")
        below = branch.below
        pending += [(each, (*levels, last)[-room:], each is below[-1]) for each in reversed(below)]


def wrapped(text: Text, available: int, indent: int, hang: int) -> Iterator[Text]:
    """``text`` in lines of at most ``available`` columns, broken between words, but not at no-break spaces.

    The first line is indented by ``indent`` blanks, later ones by ``hang`` more.
    """
    text = text.copy()
    text.plain = text.plain.replace("\u00a0", _GLUE)
    lines = text.wrap(_ruler(), max(1, available - indent - hang), overflow="fold")
    for number, line in enumerate(lines):
        line.rstrip()
        line.plain = line.plain.replace(_GLUE, " ")
        blanks = len(line.plain) - len(line.plain.lstrip(" ")) if number else 0
        yield Text(" " * (indent + (hang if number else 0))).append_text(line[blanks:])


@cache
def _ruler() -> Console:
    """What rich wraps text with; it draws nothing."""
    return Console(color_system=None, legacy_windows=False)
