"""The registry of all kinds of problems: name, code, severity, and what finds them.

Reading a file, the rules and a dry run all take their codes from here; none is typed anywhere else. A code is never
reused for something else. What each kind means is in ``explanations/NAME.md``, or in the docstring of the rule's
module (``batchctl.diagnostics.catalogue`` reads both).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from batchctl.diagnostics.diagnostic import Diagnostic, Severity
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.diagnostics.diagnostic import Fix, Related, Span
    from batchctl.json_types import DataPath


class Finder(StrEnum):
    """The part of batchctl that finds a kind of problem: reading a file, a rule, or a dry run.

    ``CAPABILITIES`` are rules that need a snapshot of the account's capabilities.
    """

    READING = "reading"
    RULE = "rule"
    CAPABILITIES = "capabilities"
    DRY_RUN = "dry-run"


class ProblemKind(Struct, frozen=True):
    """One kind of problem that batchctl reports, such as ``unknown-key`` (``BC201``).

    ``name`` is what suppressions and settings use, ``code`` its short form; ``severity`` is how bad it is, unless
    settings say otherwise; ``finder`` is what finds it; ``is_fixable`` says whether ``--fix`` can correct it.
    """

    name: str
    code: str
    severity: Severity
    finder: Finder
    is_fixable: bool = False


_READING = {
    Severity.ERROR: {
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
        "include": "BC150",
        "unknown-key": "BC201",
        "missing-key": "BC202",
        "wrong-type": "BC203",
        "invalid-value": "BC204",
        "unsupported-kind": "BC205",
        "empty-file": "BC206",
        "no-resources": "BC207",
        "not-a-batch": "BC208",
    },
    Severity.WARNING: {
        "unused-ignore": "BC002",
        "ambiguous-scalar": "BC110",
        "key-as-text": "BC112",
        "unused-anchor": "BC123",
        "comment-cuts-expression": "BC130",
        "malformed-variable": "BC141",
    },
}
# One module in ``batchctl.rules`` each.
_RULES = {
    Severity.ERROR: {
        "duplicate-name": "BC301",
        "self-dependency": "BC310",
        "dependency-cycle": "BC311",
        "unknown-dependency": "BC312",
        "not-a-placeholder": "BC401",
        "undeclared-argument": "BC403",
        "not-an-ancestor": "BC404",
        "unknown-resource": "BC405",
        "loop-not-array": "BC406",
        "recurse-without-if": "BC410",
        "recurse-unchanged": "BC411",
        "unknown-cast": "BC412",
        "args-schema": "BC420",
        "expression-syntax": "BC501",
        "unknown-function": "BC502",
        "unquoted-hyphen": "BC504",
        "malformed-resource": "BC601",
        "unnamed-node": "BC903",
        "missing-id": "BC602",
        "missing-body": "BC603",
        "inexact-integer": "BC608",
    },
    Severity.WARNING: {
        "shared-dependency": "BC313",
        "missing-parent": "BC314",
        "proxy-not-persisted": "BC315",
        "crossed-parents": "BC316",
        "mixed-spool": "BC317",
        "unknown-root": "BC402",
        "empty-loop": "BC407",
        "unread-loop": "BC408",
        "unused-argument": "BC413",
        "array-to-text": "BC414",
        "object-to-text": "BC415",
        "idle-cast": "BC416",
        "uneven-default": "BC417",
        "replacement-pattern": "BC418",
        "ignored-lambda": "BC505",
        "works-otherwise": "BC506",
        "bare-name-compared": "BC508",
        "list-with-id": "BC604",
        "body-on-read": "BC605",
        "unknown-method": "BC606",
        "account-not-uuid": "BC607",
        "write-in-loop": "BC609",
        "hard-coded-secret": "BC610",
        "rate-limit": "BC611",
        "malformed-method": "BC612",
        "blank-in-path": "BC419",
        "unused-default": "BC421",
        "unconverted-value": "BC422",
        "runtime-version": "BC901",
        "undeclared-in-schema": "BC902",
        "missing-account": "BC904",
        "missing-state-key": "BC905",
        "hard-coded-destination": "BC907",
        "early-state": "BC908",
        "unbounded-spool": "BC909",
        "unreached-destination": "BC910",
        "run-date-as-text": "BC911",
        "delete-tracking-filtered": "BC912",
        "missing-datastore-method": "BC913",
        "key-without-effect": "BC914",
        "unwritten-state": "BC915",
    },
    Severity.INFO: {
        "not-local-function": "BC503",
        "missing-mutex-key": "BC906",
    },
}
# Found by rules, too, but only where a snapshot of the account's capabilities is beside the file.
_CAPABILITIES = {
    Severity.ERROR: {"unavailable-resource": "BC701", "unavailable-method": "BC702"},
    Severity.WARNING: {"missing-required-key": "BC703"},
}
_DRY_RUN = {
    Severity.WARNING: {
        "sent-literally": "BC801",
        "became-text": "BC802",
        "empty-id": "BC805",
        "rounded-number": "BC806",
    },
    Severity.INFO: {"dropped-key": "BC803", "fallback-used": "BC804"},
}
_FIXABLE = frozenset({"ambiguous-scalar", "key-as-text", "unquoted-placeholder", "unquoted-hyphen"})

KINDS: dict[str, ProblemKind] = {
    name: ProblemKind(name, code, severity, finder, name in _FIXABLE)
    for finder, table in (
        (Finder.READING, _READING),
        (Finder.RULE, _RULES),
        (Finder.CAPABILITIES, _CAPABILITIES),
        (Finder.DRY_RUN, _DRY_RUN),
    )
    for severity, codes in table.items()
    for name, code in codes.items()
}

# Without these nothing else in the file can be trusted: no comment or setting hides them.
NOT_IGNORABLE = frozenset(
    {"encoding", "yaml-syntax", "json-syntax", "file-too-large", "too-deep", "alias-expansion", "include"}
)


def names_found_by(*finders: Finder) -> frozenset[str]:
    """The names of the kinds of problems that one of ``finders`` finds."""
    return frozenset(kind.name for kind in KINDS.values() if kind.finder in finders)


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
    """A diagnostic of the kind ``rule``, a key of ``KINDS``, with the code and severity of the kind.

    ``message`` says what is wrong, at ``span`` in the text and ``path`` in the data (from its top: ``("resources", 0,
    "id")``); ``help`` is advice, ``related`` are other places that matter, ``resource`` is the key of the resource
    around it, ``fix`` a change that corrects it; None for what there is not.
    """
    kind = KINDS[rule]
    return Diagnostic(rule, kind.code, kind.severity, message, span, help, related, path, resource, fix)
