"""The problems that reading a definition can find: name, number, severity.

The semantic rules live in ``batchctl.rules``; these need the text or the schema alone. Numbers are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from batchctl.diagnostics import Fix, Related, Span
    from batchctl.json_types import DataPath


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem; ``name`` is what suppressions and settings use. Its documentation is in ``explanations``."""

    name: str
    number: str
    severity: Severity


_ERRORS = {
    "encoding": "BC100",
    "yaml-syntax": "BC101",
    "json-syntax": "BC102",
    "file-too-large": "BC103",
    "duplicate-key": "BC111",
    "key-not-text": "BC113",
    "unquoted-placeholder": "BC114",
    "unusable-number": "BC115",
    "unsupported-tag": "BC116",
    "too-deep": "BC117",
    "undefined-alias": "BC118",
    "recursive-alias": "BC119",
    "alias-expansion": "BC120",
    "several-documents": "BC121",
    "merge-key": "BC124",
    "missing-variable": "BC140",
    "unknown-key": "BC201",
    "missing-key": "BC202",
    "wrong-type": "BC203",
    "invalid-value": "BC204",
    "unsupported-kind": "BC205",
    "empty-file": "BC206",
    "no-resources": "BC207",
}
_WARNINGS = {
    "unused-ignore": "BC002",
    "ambiguous-scalar": "BC110",
    "key-as-text": "BC112",
    "unused-anchor": "BC123",
    "comment-cuts-expression": "BC130",
    "malformed-variable": "BC141",
}

CODES: dict[str, Code] = {
    name: Code(name, number, severity)
    for severity, numbers in ((Severity.ERROR, _ERRORS), (Severity.WARNING, _WARNINGS))
    for name, number in numbers.items()
}

# Without these nothing else in the file can be trusted: no comment or setting hides them.
NOT_IGNORABLE = frozenset({"encoding", "yaml-syntax", "json-syntax", "file-too-large", "too-deep", "alias-expansion"})


def problem(
    rule: str,
    message: str,
    span: Span,
    *,
    help: str | None = None,  # noqa: A002 - the word of the report
    related: tuple[Related, ...] = (),
    path: DataPath = (),
    resource: str | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    """A diagnostic of the kind ``rule``, which must be a key of ``CODES``."""
    code = CODES[rule]
    return Diagnostic(code.name, code.number, code.severity, message, span, help, related, path, resource, fix)
