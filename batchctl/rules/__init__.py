"""The rules that need to understand the file, one module each; a new one is a module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.rules import (
    account_not_uuid,
    args_schema,
    array_to_text,
    body_on_read,
    crossed_parents,
    dependency_cycle,
    duplicate_name,
    empty_loop,
    expression_syntax,
    hard_coded_secret,
    idle_cast,
    ignored_lambda,
    inexact_integer,
    list_with_id,
    loop_not_array,
    malformed_resource,
    missing_body,
    missing_id,
    missing_parent,
    not_a_placeholder,
    not_an_ancestor,
    not_local_function,
    object_to_text,
    proxy_not_persisted,
    rate_limit,
    recurse_unchanged,
    recurse_without_if,
    replacement_pattern,
    self_dependency,
    shared_dependency,
    undeclared_argument,
    uneven_default,
    unknown_cast,
    unknown_dependency,
    unknown_function,
    unknown_method,
    unknown_resource,
    unknown_root,
    unquoted_hyphen,
    unread_loop,
    unused_argument,
    write_in_loop,
)
from batchctl.rules.rule import Rule, diagnose
from batchctl.rules.subject import Subject

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
    _rule("BC313", shared_dependency, Severity.WARNING),
    _rule("BC314", missing_parent, Severity.WARNING),
    _rule("BC315", proxy_not_persisted, Severity.WARNING),
    _rule("BC316", crossed_parents, Severity.WARNING),
    _rule("BC401", not_a_placeholder),
    _rule("BC402", unknown_root, Severity.WARNING),
    _rule("BC403", undeclared_argument),
    _rule("BC404", not_an_ancestor),
    _rule("BC405", unknown_resource),
    _rule("BC406", loop_not_array),
    _rule("BC407", empty_loop, Severity.WARNING),
    _rule("BC408", unread_loop, Severity.WARNING),
    _rule("BC410", recurse_without_if),
    _rule("BC411", recurse_unchanged),
    _rule("BC412", unknown_cast),
    _rule("BC413", unused_argument, Severity.WARNING),
    _rule("BC414", array_to_text, Severity.WARNING),
    _rule("BC415", object_to_text, Severity.WARNING),
    _rule("BC416", idle_cast, Severity.WARNING),
    _rule("BC417", uneven_default, Severity.WARNING),
    _rule("BC418", replacement_pattern, Severity.WARNING),
    _rule("BC420", args_schema),
    _rule("BC501", expression_syntax),
    _rule("BC502", unknown_function),
    _rule("BC503", not_local_function, Severity.INFO),
    _rule("BC504", unquoted_hyphen),
    _rule("BC505", ignored_lambda, Severity.WARNING),
    _rule("BC601", malformed_resource),
    _rule("BC602", missing_id),
    _rule("BC603", missing_body),
    _rule("BC604", list_with_id, Severity.WARNING),
    _rule("BC605", body_on_read, Severity.WARNING),
    _rule("BC606", unknown_method, Severity.WARNING),
    _rule("BC607", account_not_uuid, Severity.WARNING),
    _rule("BC608", inexact_integer),
    _rule("BC610", hard_coded_secret, Severity.WARNING),
    _rule("BC611", rate_limit, Severity.WARNING),
    _rule("BC609", write_in_loop, Severity.WARNING),
)


def check(subject: Subject) -> list[Diagnostic]:
    """All that the rules find, sorted by position."""
    found = [diagnostic for rule in RULES for diagnostic in diagnose(rule, subject)]
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)
