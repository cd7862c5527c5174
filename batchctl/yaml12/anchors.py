"""Anchors and aliases, with a budget: a few lines of aliases can stand for billions of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue
    from batchctl.yaml12.problem_log import ProblemLog

MAX_EXPANDED = 1_000_000


class Stopped(Exception):
    """Raised where reading a document ends early; the problem has been added to the log before."""


class Anchor(Struct, eq=False):
    """A value that an anchor in a YAML text gives a name, so that aliases can refer to it.

    ``start`` is the anchor's offset in the text; ``size`` is how many values it has at all depths, itself included, and
    ``height`` how many levels of containers. ``is_open`` is True while the value is being read, ``is_used`` once an
    alias has named it.
    """

    name: str
    start: int
    value: JsonValue
    size: int = 1
    height: int = 0
    is_open: bool = False
    is_used: bool = False


class Anchors:
    """The anchors of one document, by name. A name may be defined again; an alias refers to the last one before it.

    The reader calls ``define`` for each anchor, ``resolve`` at each alias, and ``report_unused`` at the end.
    ``expanded`` counts the values that all aliases so far stand for. Problems go to ``log``.
    """

    def __init__(self, log: ProblemLog) -> None:
        self.expanded = 0
        self._log = log
        self._by_name: dict[str, Anchor] = {}
        self._all: list[Anchor] = []

    def define(self, anchor: Anchor) -> None:
        """Define an anchor, which aliases after it refer to."""
        self._by_name[anchor.name] = anchor
        self._all.append(anchor)

    def resolve(self, name: str, start: int, end: int) -> Anchor | None:
        """The anchor that the alias ``name`` refers to; None, with a problem, where there is none or it is recursive.

        ``start`` and ``end`` (exclusive) are the alias's offsets. Raises ``Stopped`` when all aliases together expand
        to more than 1,000,000 values.
        """
        anchor = self._by_name.get(name)
        if anchor is None:
            message = f"no anchor &{shortened(name)} is defined above this alias"
            self._log.add("undefined-alias", message, start, end, help="text that starts with * needs quotes")
            return None
        anchor.is_used = True
        if anchor.is_open:
            self._log.add("recursive-alias", f"*{shortened(name)} is inside of the value that it refers to", start, end)
            return None
        self.spend(anchor.size, start, end)
        return anchor

    def spend(self, size: int, start: int, end: int) -> None:
        """Count ``size`` values that an alias, or what is merged with ``<<``, adds to the data.

        ``start`` and ``end`` (exclusive) are its offsets. Raises ``Stopped`` where all of them together are more than
        1,000,000.
        """
        self.expanded += size
        if self.expanded > MAX_EXPANDED:
            message = f"aliases expand to more than {MAX_EXPANDED:,} values"
            self._log.add("alias-expansion", message, start, end)
            raise Stopped

    def report_unused(self) -> None:
        """Report the anchors that no alias refers to, at the end of the document."""
        for anchor in self._all:
            if not anchor.is_used:
                message = f"no alias uses the anchor &{shortened(anchor.name)}"
                self._log.add("unused-anchor", message, anchor.start, anchor.start + 1 + len(anchor.name))
