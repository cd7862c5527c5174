"""A placeholder, a ``loop_on`` or an expression starts with a name that only the account could bring.

Why:
    Beside ``args`` and ``resources`` there are ``tenant_id``, the keys of the account's context, and what an
    ``add_context`` brings. Which keys an account has is not in the file. Without one of that name a placeholder is sent
    literally, and an expression finds nothing there.

Fails:
    args: {id: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{arg.id}}", other: "{{args.id}}"}

Passes:
    args: {id: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{args.id}}"}

Fix:
    Correct the name. A name that has a default (``{{tenant?:none}}``) is only reported where it is like ``args`` or
    ``resources``. If the account's context has it, write it under ``context`` in the ``account.yaml`` of the
    fixtures, which is also what local runs read; or give ``--context NAME:=JSON``, or write
    ``# batchctl: ignore[unknown-root] context of the account``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode
from batchctl.diagnostics.spelling import closest, suggestion
from batchctl.patterns import lazy_regex
from batchctl.plan.planner import find_places
from batchctl.plan.reads import address
from batchctl.plan.run_row import SIZE
from batchctl.rules.bare_name_compared import is_compared
from batchctl.rules.exp_placeholders import is_exp
from batchctl.template import KNOWN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.plan.reads import Read, Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_ROOTS = ("args", "resources")
# Of a URL, where an expression is meant: limit=5&page=2.
_QUERY_STRING = lazy_regex(r"[\w.\[\]-]+=[^=&\s]*(?:&[\w.\[\]-]+=[^=&\s]*)*")
_AS_MAPPING = "text is a JSONata expression here: write a mapping, query: {limit: 5}"
# There for every account.
_ALWAYS = (*_ROOTS, "tenant_id")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every path whose first name (``{{arg.id}}``) only the account's context could have.

    That is no name that the file gives a value, or that every account has; an expression's paths count, too.
    """
    yield from _in_loops(subject)
    yield from _in_placeholders(subject)
    yield from _in_expressions(subject)


def _in_loops(subject: Subject) -> Iterator[Finding]:
    """Those with braces are placeholders."""
    for request, _ in subject.loops.all:
        name = subject.loops.over_context.get(request.index)
        if name in subject.account_keys:
            continue
        if name is not None and "{" not in (request.loop_on or "") and not _is_added(subject, request):
            yield subject.finding(
                request,
                "loop_on",
                f'"{name}" is no argument: only the context of the account could have it',
                help=suggestion(
                    str(name),
                    [*subject.arguments.values, *sorted({*subject.arguments.declared, *subject.account_keys})],
                )
                or "add it to args, if the account does not have it",
            )


def _for_loops(subject: Subject) -> list[str]:
    return [*subject.arguments.values, *sorted({*subject.arguments.declared, *subject.account_keys})]


def _in_placeholders(subject: Subject) -> Iterator[Finding]:
    for node, read in subject.placeholders.reads:
        root = read.segments[0] if read.segments else None
        if not isinstance(root, str) or is_exp(read.reference.text) or root in _roots(subject, node):
            continue
        if read.reference.has_fallback and closest(root, _ROOTS) is None:
            continue
        if (node.index, read.reference.path) in subject.leaves.foreign or _is_added(subject, node):
            continue
        if read.reference.path[0] != "loop_on" and root == subject.loops.over_context.get(node.index):
            # The loop has its own finding.
            continue
        yield subject.finding(
            node,
            read.reference,
            f"{_unknown(root)}, {_instead(read)}",
            help=_advice(subject, read.segments),
        )


def _in_expressions(subject: Subject) -> Iterator[Finding]:
    for node, steps, analysis in subject.expressions.analyses:
        if analysis.changes or _is_added(subject, node):
            # Between the bars of |…|…| names are those of what is changed.
            continue
        known = (*_roots(subject, node), "true", "false", "null")
        text = subject.expressions.text_at[node.index, steps]
        for found in analysis.paths:
            root = found.segments[0]
            if not found.relative and root not in known and not is_compared(text, found):
                yield subject.finding(
                    node,
                    subject.within(node, steps, found.start, found.end),
                    f"{_unknown(root)}, the expression finds nothing there",
                    help=_AS_MAPPING if _QUERY_STRING.fullmatch(text) else _advice(subject, found.segments),
                )


def _roots(subject: Subject, node: Resource) -> tuple[str, ...]:
    """What every account has; in a sync job also the run, and what comes to a destination or a transform."""
    always = (*_ALWAYS, *sorted(subject.account_keys))
    if subject.kind == "batch":
        return always
    own = {"destination": ("payload",)}.get(node.kind, ()) if isinstance(node, SyncNode) else (SIZE,)
    return (*always, "sync_job_run", "previous_run_date", *own)


def _instead(read: Read) -> str:
    return "its default is sent" if read.reference.has_fallback else f"{read.reference.text} is sent literally"


def _unknown(root: str) -> str:
    return f'"{root}" is neither args nor resources: unless the account has it'


def _is_added(subject: Subject, node: Resource) -> bool:
    """Whether an add_context may bring names: one before the node, or one beside it that shares a node before it."""
    return bool(subject.dependencies.context_above(node.key))


def _advice(subject: Subject, segments: Segments) -> str | None:
    path = ".".join(map(str, segments))
    if subject.arguments.has(segments[0]):
        return f"did you mean args.{path}?"
    if any(find_places(("resources", *segments), subject.graph)):
        return f"did you mean resources.{path}?"
    if segments[1:]:
        meant = next(_called(subject, segments), None)
        if meant is not None:
            return f"did you mean {'.'.join((meant, *map(str, segments[1:])))}?"
    elif segments[0] in KNOWN_TYPES:
        return f"a type comes after a colon: {{{{args.name:{path}}}}}"
    return suggestion(str(segments[0]), (*_ROOTS, *sorted(subject.account_keys)))


def _called(subject: Subject, segments: Segments) -> Iterator[str]:
    """The paths of the records of nodes that have the path's first step as their name, or as the end of theirs."""
    for node in subject.resources:
        place = address(node)
        if segments[0] in (node.key, place[-1]):
            yield ".".join(("resources", *place))
