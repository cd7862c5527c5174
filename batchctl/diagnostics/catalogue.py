"""The documentation of kinds of problems, and the names by which people call them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.diagnostics.documentation import read_documentation
from batchctl.diagnostics.kinds import KINDS
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.diagnostics.diagnostic import Severity
    from batchctl.diagnostics.documentation import Documentation
    from batchctl.diagnostics.kinds import ProblemKind

_FOLDER = Path(__file__).with_name("explanations")


class Entry(Struct, frozen=True):
    """One kind of problem, with its documentation."""

    kind: ProblemKind
    documentation: Documentation

    @property
    def code(self) -> str:
        """Its short form: ``BC201``."""
        return self.kind.code

    @property
    def name(self) -> str:
        """Its name: ``unknown-key``."""
        return self.kind.name

    @property
    def severity(self) -> Severity:
        """How bad it is, unless settings say otherwise."""
        return self.kind.severity

    @property
    def is_fixable(self) -> bool:
        """Whether ``--fix`` can correct it."""
        return self.kind.is_fixable

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """The examples that there are, with their headings."""
        pairs = (("Fails", self.documentation.fails), ("Passes", self.documentation.passes))
        return tuple((heading, text) for heading, text in pairs if text)


@cache
def known_names() -> dict[str, str]:
    """The name of a problem by each name and code: both ``BC201`` and ``unknown-key`` lead to ``unknown-key``."""
    return {**{kind.code: kind.name for kind in KINDS.values()}, **{name: name for name in KINDS}}


def explanation(name: str) -> str:
    """The documentation of a kind that no rule finds, in the form of a rule's docstring.

    It is the text of ``explanations/NAME.md``.
    """
    return (_FOLDER / f"{name}.md").read_text("utf-8")


def documented(kind: ProblemKind, documentation: str) -> Entry:
    """An entry from a text; see ``batchctl.diagnostics.documentation`` for its form."""
    return Entry(kind, read_documentation(documentation))
