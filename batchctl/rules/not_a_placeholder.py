"""Text that looks like a placeholder and is none: it would be sent literally.

Why:
    The service sends such text literally. Between the braces are letters, digits, ``_ - . / | : ?`` and blanks;
    list items are reached with a dot: ``args.0``.

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

from batchctl.diagnostics import Severity
from batchctl.patterns import lazy_regex
from batchctl.rules.exp_placeholders import ADVICE, SENTENCE, is_exp
from batchctl.template import find_lookalikes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Templated
    from batchctl.json_types import DataPath
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject
    from batchctl.template import Lookalike


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every text that looks like a placeholder and is none, where placeholders are allowed.

    Such as ``{{args.ids[0]}}``, for ``{{args.ids.0}}``.
    """
    for node, steps, text in subject.leaves.strings:
        if (node.index, steps) in subject.leaves.foreign:
            continue
        for found in _lookalikes(text):
            yield _finding(subject, node, steps, text, found)


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


# Braces around anything else may be text that is meant to have them.
_ROOT = lazy_regex(r"\b(?:args|resources)\b")
# The same few strings stand in many requests.
_lookalikes = lru_cache(maxsize=4096)(find_lookalikes)
