"""What a rule is, and how its findings become diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number and name, how bad a breach is, and the check. ``documentation`` is its module's docstring."""

    code: str
    name: str
    severity: Severity
    check: Callable[[Subject], Iterator[Finding]]
    documentation: str


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
