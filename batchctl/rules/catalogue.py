"""Every kind of problem with its documentation: ``batchctl rules``, ``explain``, SARIF and docs/rules.md."""

from __future__ import annotations

from functools import cache

from batchctl.diagnostics.catalogue import Entry, documented, explanation
from batchctl.diagnostics.kinds import KINDS
from batchctl.rules.checking import every_rule


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every kind of problem with its documentation, sorted by code."""
    of_rules = {rule.name: rule.documentation for rule in every_rule()}
    entries = (documented(kind, of_rules.get(name) or explanation(name)) for name, kind in KINDS.items())
    return tuple(sorted(entries, key=lambda entry: entry.code))
