"""Every kind of problem in one list: what reading, the rules and a dry run find, with documentation.

``batchctl rules``, ``explain``, SARIF and docs/rules.md come from it, and so do the names that settings may use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import CODES
from batchctl.plan.remarks import CODES as REMARKS
from batchctl.rules import RULES

if TYPE_CHECKING:
    from batchctl.diagnostics import Severity

# What --fix can mend.
_FIXABLE = frozenset({"ambiguous-scalar", "key-as-text", "unquoted-placeholder", "unquoted-hyphen"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of problem. ``details`` is why it matters, ``fails`` and ``passes`` are examples without the account."""

    code: str
    name: str
    severity: Severity
    summary: str
    details: str = ""
    fails: str = ""
    passes: str = ""

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """The examples that there are, with their headings."""
        pairs = (("Fails", self.fails), ("Passes", self.passes))
        return tuple((heading, text) for heading, text in pairs if text)

    @property
    def is_fixable(self) -> bool:
        """Whether ``--fix`` can mend it."""
        return self.name in _FIXABLE


@cache
def known_names() -> dict[str, str]:
    """Every name and every code, to the name."""
    pairs = [(code.name, code.number) for code in CODES.values()] + [(rule.name, rule.code) for rule in RULES]
    pairs += [(kind.value, code.number) for kind, code in REMARKS.items()]
    return {**{code: name for name, code in pairs}, **{name: name for name, _ in pairs}}


@cache
def checked_names() -> frozenset[str]:
    """The names of what is looked for before any request is made: all but the remarks of a dry run."""
    return frozenset(known_names().values()) - {kind.value for kind in REMARKS}


@cache
def catalogue() -> tuple[Entry, ...]:
    """All kinds of problems, by code."""
    from batchctl.definition.explanations import EXPLANATIONS  # noqa: PLC0415 - long, and only needed here

    entries = [
        *(_entry(code.number, code.name, code.severity, EXPLANATIONS[code.name]) for code in CODES.values()),
        *(_entry(rule.code, rule.name, rule.severity, rule.documentation) for rule in RULES),
        *(_entry(code.number, kind.value, code.severity, code.documentation) for kind, code in REMARKS.items()),
    ]
    return tuple(sorted(entries, key=lambda entry: entry.code))


def _entry(code: str, name: str, severity: Severity, documentation: str) -> Entry:
    text, _, passes = documentation.partition("\nPasses:\n")
    text, _, fails = text.partition("\nFails:\n")
    summary, _, details = text.strip().partition("\n\n")
    one_line = " ".join(summary.split())
    return Entry(code, name, severity, one_line, details.strip(), _dedented(fails), _dedented(passes))


def _dedented(example: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in example.strip("\n").rstrip().split("\n"))
