"""All rules, and what they find."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from batchctl.rules.of_batches import BATCH_RULES
from batchctl.rules.rule import by_code, diagnose

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic
    from batchctl.rules.rule import Rule
    from batchctl.rules.subject import Subject


@cache
def every_rule() -> tuple[Rule, ...]:
    """All rules, of batches and sync jobs, sorted by code."""
    from batchctl.rules.of_sync_jobs import SYNC_JOB_RULES  # noqa: PLC0415 - batches have no use for them

    return by_code((*BATCH_RULES, *SYNC_JOB_RULES))


def check(subject: Subject) -> list[Diagnostic]:
    """What the rules for this kind of definition find, as diagnostics sorted by position in the file."""
    rules = BATCH_RULES if subject.kind == "batch" else every_rule()
    about = [rule for rule in rules if subject.kind in rule.about]
    found = [diagnostic for rule in about for diagnostic in diagnose(rule, subject)]
    return sorted(found, key=lambda diagnostic: diagnostic.sort_key)
