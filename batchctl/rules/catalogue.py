"""Every kind of problem with its documentation: ``batchctl rules``, ``explain``, SARIF and docs/rules.md."""

from __future__ import annotations

from functools import cache

from batchctl.diagnostics.catalogue import Entry, documented, explanation
from batchctl.diagnostics.kinds import KINDS
from batchctl.diagnostics.spelling import closest
from batchctl.errors import UsageError
from batchctl.rules.checking import every_rule


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every kind of problem with its documentation, sorted by code."""
    of_rules = {rule.name: rule.documentation for rule in every_rule()}
    entries = (documented(kind, of_rules.get(name) or explanation(name)) for name, kind in KINDS.items())
    return tuple(sorted(entries, key=lambda entry: entry.code))


def entry_of(word: str) -> Entry:
    """The entry of a kind of problem, by its code (``BC602``) or name, whatever the case of the letters.

    Raises ``UsageError``, with the closest name, where there is none.
    """
    wanted = word.strip().lower()
    for entry in catalogue():
        if wanted in (entry.code.lower(), entry.name):
            return entry
    meant = closest(word, tuple(word for entry in catalogue() for word in (entry.code, entry.name)))
    hint = f'did you mean "{meant}"?' if meant else "batchctl rules lists them"
    raise UsageError(f'no rule is called "{word[:60]}"', hint=hint)
