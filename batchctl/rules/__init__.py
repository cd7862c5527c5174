"""The rules that need to understand the file, one module each; a new one is a module and a line here.

Those that look at sync jobs alone have theirs in ``of_sync_jobs``: a batch does not import them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from batchctl.rules import (
    account_not_uuid,
    args_schema,
    array_to_text,
    bare_name_compared,
    blank_in_path,
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
from batchctl.rules.rule import Rule, by_code, diagnose, rules_in
from batchctl.rules.subject import Subject

if TYPE_CHECKING:
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic

__all__ = ["Rule", "Subject", "check", "every_rule"]


_MODULES = (
    bare_name_compared,
    account_not_uuid,
    args_schema,
    array_to_text,
    blank_in_path,
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
_BATCH_RULES = rules_in(_MODULES)


@cache
def every_rule() -> tuple[Rule, ...]:
    """All rules, by code."""
    from batchctl.rules.of_sync_jobs import SYNC_JOB_RULES  # noqa: PLC0415 - batches have no use for them

    return by_code((*_BATCH_RULES, *SYNC_JOB_RULES))


def _rules(kind: DefinitionKind) -> tuple[Rule, ...]:
    return _BATCH_RULES if kind == "batch" else every_rule()


def check(subject: Subject) -> list[Diagnostic]:
    """All that the rules find, sorted by position."""
    found = [
        diagnostic
        for rule in _rules(subject.kind)
        if subject.kind in rule.about
        for diagnostic in diagnose(rule, subject)
    ]
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)
