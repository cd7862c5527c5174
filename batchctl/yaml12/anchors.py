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
    """Reading on makes no sense; the problem has been noted."""


class Anchor(Struct, eq=False):
    """A named value: how many values it holds with all below, and how many levels."""

    name: str
    start: int
    value: JsonValue
    size: int = 1
    height: int = 0
    is_open: bool = False
    is_used: bool = False


class Anchors:
    """All anchors of a document. A name may be defined again; aliases mean the last one above them."""

    def __init__(self, log: ProblemLog) -> None:
        self.expanded = 0
        self._log = log
        self._by_name: dict[str, Anchor] = {}
        self._all: list[Anchor] = []

    def define(self, anchor: Anchor) -> None:
        """From here on its name means this."""
        self._by_name[anchor.name] = anchor
        self._all.append(anchor)

    def resolve(self, name: str, start: int, end: int) -> Anchor | None:
        """What an alias stands for; None, and a problem, when it can't stand for anything."""
        anchor = self._by_name.get(name)
        if anchor is None:
            message = f"no anchor &{shortened(name)} stands above this alias"
            self._log.add("undefined-alias", message, start, end, help="text that starts with * needs quotes")
            return None
        anchor.is_used = True
        if anchor.is_open:
            self._log.add("recursive-alias", f"*{shortened(name)} stands inside what it stands for", start, end)
            return None
        self.spend(anchor.size, start, end)
        return anchor

    def spend(self, size: int, start: int, end: int) -> None:
        """So many values came from an alias. Raises ``Stopped`` when they are too many."""
        self.expanded += size
        if self.expanded > MAX_EXPANDED:
            message = f"aliases expand to more than {MAX_EXPANDED:,} values"
            self._log.add("alias-expansion", message, start, end)
            raise Stopped

    def report_unused(self) -> None:
        """At the end of the document: anchors that nothing refers to."""
        for anchor in self._all:
            if not anchor.is_used:
                message = f"no alias uses the anchor &{shortened(anchor.name)}"
                self._log.add("unused-anchor", message, anchor.start, anchor.start + 1 + len(anchor.name))
