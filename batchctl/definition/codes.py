"""The problems that reading a definition can find: name, number, severity, one sentence.

The semantic rules live in ``batchctl.rules``; these need the text or the schema alone. Numbers are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from batchctl.definition.source import Path
    from batchctl.diagnostics import Related, Span


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem; ``name`` is what suppressions and settings use."""

    name: str
    number: str
    severity: Severity
    summary: str


_ERRORS = (
    ("encoding", "BC100", "The file is not text in UTF-8 (or UTF-16 with a byte order mark)."),
    ("yaml-syntax", "BC101", "The text is not YAML."),
    ("json-syntax", "BC102", "The text of a .json file is not JSON."),
    ("file-too-large", "BC103", "The file is larger than 32 MiB, or holds more than two million values."),
    (
        "duplicate-key",
        "BC111",
        "A key stands twice in one mapping; YAML readers would silently drop one of them.",
    ),
    ("key-not-text", "BC113", "A key is empty, a mapping or a list; JSON knows only text."),
    ("unquoted-placeholder", "BC114", "A {{placeholder}} without quotes is a mapping to YAML."),
    (
        "unusable-number",
        "BC115",
        "A number that JSON can't carry: infinite, not a number, or of absurd length.",
    ),
    (
        "unsupported-tag",
        "BC116",
        "A YAML tag other than !!str, !!int, !!float, !!bool, !!null, !!map and !!seq.",
    ),
    ("too-deep", "BC117", "Values are nested deeper than 64 levels."),
    ("undefined-alias", "BC118", "An alias names an anchor that is not defined above it."),
    ("recursive-alias", "BC119", "An alias stands inside what it stands for."),
    ("alias-expansion", "BC120", "Aliases expand to more than a million values."),
    ("several-documents", "BC121", "The file holds more than one YAML document."),
    ("merge-key", "BC124", "A merge key (<<) whose value is not a mapping or a list of mappings."),
    ("missing-variable", "BC140", "A ${VAR} without a default that is not set in the environment."),
    ("unknown-key", "BC201", "A key that the API does not know, most often misspelled."),
    ("missing-key", "BC202", "A key that the API requires is not there."),
    ("wrong-type", "BC203", "A value is of another type than the API takes."),
    ("invalid-value", "BC204", "A value is not among those that the API takes."),
    ("unsupported-kind", "BC205", "The type of a resource is unknown."),
    ("empty-file", "BC206", "The file holds no definition at all."),
    ("no-resources", "BC207", "The list of resources is empty."),
)
_WARNINGS = (
    (
        "ambiguous-scalar",
        "BC110",
        "Text without quotes that YAML 1.1 tools read as a boolean, a date or a number.",
    ),
    ("key-as-text", "BC112", "A number or boolean as a key is read as text."),
    ("unused-anchor", "BC123", "An anchor that no alias uses."),
    (
        "comment-cuts-expression",
        "BC130",
        "A # ends an unquoted expression: the rest of the line is a comment.",
    ),
    ("malformed-variable", "BC141", "A ${ that does not start a ${VAR} or ${VAR:-default} is left as it is."),
)

CODES: dict[str, Code] = {
    name: Code(name, number, severity, summary)
    for severity, rows in ((Severity.ERROR, _ERRORS), (Severity.WARNING, _WARNINGS))
    for name, number, summary in rows
}


def problem(
    rule: str,
    message: str,
    span: Span,
    *,
    help: str | None = None,  # noqa: A002 - the word of the report
    related: tuple[Related, ...] = (),
    path: Path = (),
    resource: str | None = None,
) -> Diagnostic:
    """A diagnostic of the kind ``rule``, which must be a key of ``CODES``."""
    code = CODES[rule]
    return Diagnostic(code.name, code.number, code.severity, message, span, help, related, path, resource)
