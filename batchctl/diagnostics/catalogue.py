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
    """One kind of problem together with its documentation."""

    kind: ProblemKind
    documentation: Documentation

    @property
    def code(self) -> str:
        """The code of the kind: ``BC201``."""
        return self.kind.code

    @property
    def name(self) -> str:
        """The name of the kind: ``unknown-key``."""
        return self.kind.name

    @property
    def severity(self) -> Severity:
        """How bad such problems are, unless settings say otherwise."""
        return self.kind.severity

    @property
    def is_fixable(self) -> bool:
        """Whether ``--fix`` can correct such problems."""
        return self.kind.is_fixable

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """The examples in its documentation, as pairs of a heading (``Fails``, ``Passes``) and a text in YAML.

        A heading without an example is left out.
        """
        pairs = (("Fails", self.documentation.fails), ("Passes", self.documentation.passes))
        return tuple((heading, text) for heading, text in pairs if text)


@cache
def known_names() -> dict[str, str]:
    """The name of a problem by each name and code: both ``BC201`` and ``unknown-key`` lead to ``unknown-key``."""
    return {**{kind.code: kind.name for kind in KINDS.values()}, **{name: name for name in KINDS}}


def explanation(name: str) -> str:
    """The documentation of the kind of problem ``name``, for kinds that no rule finds: ``explanations/NAME.md``.

    It has the form of a rule's docstring: a sentence, then sections under ``Why:``, ``Fails:``, ``Passes:``, ``Fix:``.
    Raises ``FileNotFoundError`` for a name that has no such file.
    """
    return (_FOLDER / f"{name}.md").read_text("utf-8")


def documented(kind: ProblemKind, documentation: str) -> Entry:
    """The entry for ``kind`` with the documentation in a text that has the form of a rule's docstring.

    That is a sentence, then sections under ``Why:``, ``Fails:``, ``Passes:`` and ``Fix:``, and ``Since: 0.1.0``.
    """
    return Entry(kind, read_documentation(documentation))
