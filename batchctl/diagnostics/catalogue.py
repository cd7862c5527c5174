"""The documentation of kinds of problems, and the names by which people call them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import KINDS

if TYPE_CHECKING:
    from batchctl.diagnostics.diagnostic import Severity
    from batchctl.diagnostics.kinds import ProblemKind

_FOLDER = Path(__file__).with_name("explanations")


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of problem. ``details`` is why it matters, ``fails`` and ``passes`` are examples without the account."""

    code: str
    name: str
    severity: Severity
    summary: str
    details: str = ""
    fails: str = ""
    passes: str = ""
    is_fixable: bool = False

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """The examples that there are, with their headings."""
        pairs = (("Fails", self.fails), ("Passes", self.passes))
        return tuple((heading, text) for heading, text in pairs if text)


@cache
def known_names() -> dict[str, str]:
    """Every name and every code, to the name."""
    return {**{kind.code: kind.name for kind in KINDS.values()}, **{name: name for name in KINDS}}


def explanation(name: str) -> str:
    """The text about a kind that no rule finds: from ``explanations/NAME.md``, in the form of a rule's docstring."""
    return (_FOLDER / f"{name}.md").read_text("utf-8")


def documented(kind: ProblemKind, documentation: str) -> Entry:
    """An entry from a text: a summary, paragraphs, then ``Fails:`` and ``Passes:`` with an indented example each."""
    text, _, passes = documentation.partition("\nPasses:\n")
    text, _, fails = text.partition("\nFails:\n")
    summary, _, details = text.strip().partition("\n\n")
    one_line = " ".join(summary.split())
    return Entry(
        kind.code,
        kind.name,
        kind.severity,
        one_line,
        details.strip(),
        _dedented(fails),
        _dedented(passes),
        kind.is_fixable,
    )


def _dedented(example: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in example.strip("\n").rstrip().split("\n"))
