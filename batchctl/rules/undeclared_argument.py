"""A placeholder reads an argument that is neither given nor declared, so its text would be sent literally.

Why:
    A path can lead into an argument: ``args.user.name``. An argument is given in ``args``, with ``--arg`` or
    ``--args-file``, or declared in ``args_schema``. A placeholder with a default, another path that leads
    somewhere, ``:null`` or ``:undefined`` says itself what happens without the argument.

Fails:
    args: {user_id: "42"}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.usr_id}}"}

Passes:
    args: {user_id: "42"}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.user_id}}", team: "{{args.team?:sales}}"}

Fix:
    Give the argument, declare it, or write a default: ``{{args.name?:text}}``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.plan.reads import reads_of
from batchctl.rules.argument_paths import why_missing
from batchctl.rules.finding import Blame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.argument_paths import Missing
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder that reads arguments and has neither a value from them nor a default.

    All paths of one with several count; placeholders in a sync job's top-level keys do, too.
    """
    yield from _above(subject)
    for node, reference in subject.placeholders.references:
        if "args" not in reference.text or reference.path[0] == "loop_on":
            continue
        if not subject.arguments.lacks_value(node, reference):
            continue
        missing = [why_missing(subject, node, read.segments) for read in reads_of(reference)]
        if missing[0] is None or None in missing or missing[0].name == subject.loops.faulty.get(node.index):
            continue
        first = missing[0]
        yield subject.finding(
            node,
            reference,
            f"{first.sentence}; {reference.text} would be sent literally",
            help=_advice(first),
            # What the path goes on inside of may have come from outside.
            blame=Blame(first.steps[:-1]) if len(first.steps) > 1 else None,
        )


def _above(subject: Subject) -> Iterator[Finding]:
    """Those of a sync job's own keys, without which it can't run."""
    for key, reference in subject.arguments.above:
        names = [
            read.segments[1] for read in reads_of(reference) if read.segments[:1] == ("args",) and read.segments[1:]
        ]
        if reference.has_fallback or not names or any(map(subject.arguments.has, names)):
            continue
        yield subject.finding(
            None,
            subject.within(None, (key,), reference.offset, reference.end),
            f'argument "{names[0]}" is neither given nor declared: {key} has no value',
            help=suggestion(str(names[0]), [*subject.arguments.values, *sorted(subject.arguments.declared)])
            or f"declare {names[0]} in args_schema",
        )


def _advice(missing: Missing) -> str:
    if missing.step == "length" and missing.plain == "text":
        return "only lists have a length; JSONata's $length counts the characters of a text"
    if missing.plain is not None:
        return "end the path before it"
    meant = suggestion(str(missing.step), missing.known)
    return meant or f"add {missing.path} to args, or pass --arg {missing.path}=…"
