"""Text that looks like a placeholder and is none: it would be sent literally.

Why:
    The service sends such text literally. Between the braces are letters, digits, ``_ - . / | : ?`` and blanks;
    list items are reached with a dot: ``args.0``. A path without braces is a placeholder in ``loop_on`` alone. None is
    filled in in the keys of a mapping, in ``args``, in ``resource`` and in the ``integrated_account_id`` of a batch.

Fails:
    args: {owners: [u1]}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.owners[0]}}"}

Passes:
    args: {owners: [u1]}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.owners.0}}"}

Fix:
    Write the placeholder as the message suggests; text that is meant to have braces can stay, with an ignore
    comment.

Since: 0.1.0
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from batchctl.definition.given import ACCOUNT
from batchctl.diagnostics import Severity
from batchctl.patterns import lazy_regex
from batchctl.plan.planner import find_places
from batchctl.rules.exp_placeholders import ADVICE, SENTENCE, is_exp
from batchctl.rules.finding import Blame
from batchctl.template import find_lookalikes, parse_path
from batchctl.template.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Templated
    from batchctl.json_types import DataPath
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject
    from batchctl.template import Lookalike


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every text that looks like a placeholder and is none, or stands where none is filled in.

    Such as ``{{args.ids[0]}}``, for ``{{args.ids.0}}``, and ``args.id`` without braces.
    """
    yield from _in_account(subject)
    for node, steps, text in subject.leaves.strings:
        if (node.index, steps) in subject.leaves.foreign:
            yield from _of_blocks(subject, node, steps, text)
            continue
        for found in _lookalikes(text):
            yield _finding(subject, node, steps, text, found)
    yield from _without_braces(subject)
    yield from _in_keys(subject)
    yield from _in_arguments(subject)


def _finding(subject: Subject, node: Templated, steps: DataPath, text: str, found: Lookalike) -> Finding:
    place = subject.within(node, steps, found.offset, found.end)
    if is_exp(text[found.offset : found.end]):
        return subject.finding(node, place, f"{SENTENCE}: it would be sent literally", help=ADVICE)
    return subject.finding(
        node,
        place,
        f"{found.message}: it would be sent literally",
        help=f"did you mean {found.suggestion}?" if found.suggestion else None,
        severity=None if _ROOT.search(text, found.offset, found.end) else Severity.WARNING,
    )


def _in_account(subject: Subject) -> Iterator[Finding]:
    """A batch has one account, which is sent beside its arguments."""
    if subject.kind == "batch" and subject.account is not None and "{{" in subject.account:
        yield subject.finding(
            None,
            subject.at(None, "integrated_account_id"),
            "no placeholder is filled in in the integrated_account_id of a batch: it would be sent literally",
            help="write the id, ${TRUTO_ACCOUNT_ID} for a variable, or name it with --account or a column of --each",
            blame=Blame(ACCOUNT) if subject.given.account_origin else None,
        )


def _of_blocks(subject: Subject, node: Templated, steps: DataPath, text: str) -> Iterator[Finding]:
    """``{{#if args.x}}``: text of another template language, which has no business with our paths."""
    found = _BLOCK.search(text)
    if found is not None:
        yield subject.finding(
            node,
            subject.within(node, steps, *found.span()),
            f"{found[0]} is no placeholder: there are no blocks and no conditions, and it would be sent literally",
            help="write a default, {{args.name?:text}}, or a JSONata expression as the whole query or body",
        )


def _without_braces(subject: Subject) -> Iterator[Finding]:
    for node, steps, text in subject.leaves.bare:
        if steps[0] != "loop_on" and _PATH.fullmatch(text) and _is_known(subject, text):
            yield subject.finding(
                node,
                subject.at(node, *steps),
                f"{text} without braces is plain text: it would be sent literally",
                help=f"did you mean {{{{{text}}}}}?",
            )


def _is_known(subject: Subject, path: str) -> bool:
    """Whether there is such an argument, or a resource whose records have such a field."""
    segments = parse_path(path)
    if segments[0] == "args":
        return subject.arguments.has(segments[1])
    return any(find_places(segments, subject.graph))


def _in_keys(subject: Subject) -> Iterator[Finding]:
    for node, steps, key in subject.leaves.keys:
        found = PLACEHOLDER.search(key)
        if found is not None and _ROOT.search(found[0]):
            yield subject.finding(
                node,
                subject.key(node, *steps),
                f"{found[0]} in a key is not filled in: it would be sent literally",
                help=f"write all of {steps[0]} as a JSONata expression, or as one argument that holds it",
            )


def _in_arguments(subject: Subject) -> Iterator[Finding]:
    """What a placeholder finds is never looked at again."""
    for path, text in subject.leaves.values:
        found = PLACEHOLDER.search(text)
        if found is not None and _ROOT.search(found[0]) and subject.source.has(path):
            yield subject.finding(
                None,
                subject.within(None, path, *found.span()),
                f"{found[0]} in an argument is not filled in: it would be sent literally",
                help="write it where the argument is read",
            )


# Braces around anything else may be text that is meant to have them.
_ROOT = lazy_regex(r"\b(?:args|resources)\b")
_BLOCK = lazy_regex(r"\{\{\{?\s*[#/^>!&][^{}]{0,80}\b(?:args|resources)\.[^{}]{0,80}\}\}")
_PATH = lazy_regex(r"(?:args|resources)(?:\.[A-Za-z0-9_-]+)+")
# The same few strings stand in many requests.
_lookalikes = lru_cache(maxsize=4096)(find_lookalikes)
