"""What a rule is, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.diagnostics import Fix, Related, Span
    from batchctl.json_types import DataPath
    from batchctl.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number and name, how bad a breach is, and the check. ``documentation`` is its module's docstring."""

    code: str
    name: str
    severity: Severity
    check: Callable[[Subject], Iterator[Finding]]
    documentation: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, before the rule's name, number and (where it has none of its own) severity are put on it."""

    message: str
    path: DataPath
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    resource: str | None = None
    fix: Fix | None = None
    severity: Severity | None = None


def diagnose(rule: Rule, subject: Subject) -> Iterator[Diagnostic]:
    """The diagnostics of one rule."""
    for found in rule.check(subject):
        yield Diagnostic(
            rule=rule.name,
            code=rule.code,
            severity=found.severity or rule.severity,
            message=found.message,
            span=found.span,
            help=found.help,
            related=found.related,
            path=found.path,
            resource=found.resource,
            fix=found.fix,
        )


def dependency_path(subject: Subject, key: str, item: int) -> DataPath:
    """Where item ``item`` of a ``depends_on`` is written: one of a list, or the string itself."""
    path = subject.at(subject.graph.nodes[key], "depends_on")
    return (*path, item) if subject.source.has((*path, item)) else path
