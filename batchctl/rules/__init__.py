"""The rules that need to understand the file, one module each; a new one is a module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.rules import (
    dependency_cycle,
    duplicate_name,
    loop_not_array,
    malformed_resource,
    missing_body,
    missing_id,
    not_an_ancestor,
    self_dependency,
    undeclared_argument,
    unknown_dependency,
)
from batchctl.rules.base import Rule, Subject, diagnose

if TYPE_CHECKING:
    from types import ModuleType

    from batchctl.diagnostics import Diagnostic

__all__ = ["RULES", "Rule", "Subject", "check"]


def _rule(code: str, module: ModuleType, severity: Severity = Severity.ERROR) -> Rule:
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    return Rule(code, name, severity, module.check, module.__doc__ or "")


RULES: tuple[Rule, ...] = (
    _rule("BC301", duplicate_name),
    _rule("BC310", self_dependency),
    _rule("BC311", dependency_cycle),
    _rule("BC312", unknown_dependency),
    _rule("BC403", undeclared_argument),
    _rule("BC404", not_an_ancestor),
    _rule("BC406", loop_not_array),
    _rule("BC601", malformed_resource),
    _rule("BC602", missing_id),
    _rule("BC603", missing_body),
)


def check(subject: Subject) -> list[Diagnostic]:
    """All that the rules find, sorted by position."""
    found = [diagnostic for rule in RULES for diagnostic in diagnose(rule, subject)]
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)
