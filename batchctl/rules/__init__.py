"""The rules that need to understand the file, one module each; a new one is a module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import KINDS
from batchctl.rules import (
    account_not_uuid,
    args_schema,
    array_to_text,
    bare_name_compared,
    blank_in_path,
    body_on_read,
    crossed_parents,
    delete_tracking_filtered,
    dependency_cycle,
    duplicate_name,
    early_state,
    empty_loop,
    expression_syntax,
    hard_coded_destination,
    hard_coded_secret,
    idle_cast,
    ignored_lambda,
    inexact_integer,
    list_with_id,
    loop_not_array,
    malformed_method,
    malformed_resource,
    missing_account,
    missing_body,
    missing_id,
    missing_mutex_key,
    missing_parent,
    missing_required_key,
    missing_state_key,
    not_a_placeholder,
    not_an_ancestor,
    not_local_function,
    object_to_text,
    proxy_not_persisted,
    rate_limit,
    recurse_unchanged,
    recurse_without_if,
    replacement_pattern,
    run_date_as_text,
    runtime_version,
    self_dependency,
    shared_dependency,
    unavailable_method,
    unavailable_resource,
    unbounded_spool,
    unconverted_value,
    undeclared_argument,
    undeclared_in_schema,
    uneven_default,
    unknown_cast,
    unknown_dependency,
    unknown_function,
    unknown_method,
    unknown_resource,
    unknown_root,
    unnamed_node,
    unquoted_hyphen,
    unreached_destination,
    unread_loop,
    unused_argument,
    unused_default,
    works_otherwise,
    write_in_loop,
)
from batchctl.rules.rule import Rule, diagnose
from batchctl.rules.subject import Subject

if TYPE_CHECKING:
    from types import ModuleType

    from batchctl.diagnostics import Diagnostic

__all__ = ["RULES", "Rule", "Subject", "check"]


def _rule(module: ModuleType) -> Rule:
    """The rule in a module that is called like the kind of problem that it finds."""
    kind = KINDS[module.__name__.rpartition(".")[2].replace("_", "-")]
    about = {"about": module.ABOUT} if hasattr(module, "ABOUT") else {}
    return Rule(kind, module.check, module.__doc__ or "", **about)


_MODULES = (
    unreached_destination,
    unnamed_node,
    undeclared_in_schema,
    unbounded_spool,
    run_date_as_text,
    runtime_version,
    missing_state_key,
    missing_mutex_key,
    missing_account,
    hard_coded_destination,
    early_state,
    bare_name_compared,
    account_not_uuid,
    args_schema,
    array_to_text,
    blank_in_path,
    body_on_read,
    crossed_parents,
    delete_tracking_filtered,
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
    malformed_method,
    malformed_resource,
    missing_body,
    missing_id,
    missing_parent,
    missing_required_key,
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
    unavailable_method,
    unavailable_resource,
    unconverted_value,
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
    unused_default,
    works_otherwise,
    write_in_loop,
)
RULES: tuple[Rule, ...] = tuple(sorted(map(_rule, _MODULES), key=lambda rule: rule.kind.code))


def check(subject: Subject) -> list[Diagnostic]:
    """All that the rules find, sorted by position."""
    found = [diagnostic for rule in RULES if subject.kind in rule.about for diagnostic in diagnose(rule, subject)]
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)
