"""What a rule is, and how its findings become diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.diagnostics.kinds import ProblemKind
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the kind of problem that it finds, and the check. ``documentation`` is its module's docstring."""

    kind: ProblemKind
    check: Callable[[Subject], Iterator[Finding]]
    documentation: str

    @property
    def name(self) -> str:
        """The name of the kind of problem: ``missing-id``."""
        return self.kind.name


def diagnose(rule: Rule, subject: Subject) -> Iterator[Diagnostic]:
    """The diagnostics of one rule."""
    for found in rule.check(subject):
        diagnostic = problem(
            rule.name,
            found.message,
            found.span,
            help=found.help,
            related=found.related,
            path=found.path,
            resource=found.resource,
            fix=found.fix,
        )
        yield replace(diagnostic, severity=found.severity) if found.severity else diagnostic
