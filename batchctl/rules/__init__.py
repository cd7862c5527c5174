"""The rules that need to understand the file, one module each; a new one is a module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.rules import (
    account_not_uuid,
    body_on_read,
    dependency_cycle,
    duplicate_name,
    empty_loop,
    inexact_integer,
    list_with_id,
    loop_not_array,
    malformed_resource,
    missing_body,
    missing_id,
    not_an_ancestor,
    recurse_unchanged,
    recurse_without_if,
    self_dependency,
    undeclared_argument,
    unknown_dependency,
    unknown_method,
    unread_loop,
    write_in_loop,
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
    _rule("BC407", empty_loop, Severity.WARNING),
    _rule("BC408", unread_loop, Severity.WARNING),
    _rule("BC410", recurse_without_if),
    _rule("BC411", recurse_unchanged),
    _rule("BC601", malformed_resource),
    _rule("BC602", missing_id),
    _rule("BC603", missing_body),
    _rule("BC604", list_with_id, Severity.WARNING),
    _rule("BC605", body_on_read, Severity.WARNING),
    _rule("BC606", unknown_method, Severity.WARNING),
    _rule("BC607", account_not_uuid, Severity.WARNING),
    _rule("BC608", inexact_integer),
    _rule("BC609", write_in_loop, Severity.WARNING),
)


def check(subject: Subject) -> list[Diagnostic]:
    """All that the rules find, sorted by position."""
    found = [diagnostic for rule in RULES for diagnostic in diagnose(rule, subject)]
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)
