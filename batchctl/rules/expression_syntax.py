"""A JSONata expression that can't be read: the service would refuse it when it comes to it.

Why:
    Nothing of the expression is evaluated, so the resource has no result.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            resources.crm.contacts[age > ].name

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            resources.crm.contacts[age > 30].name

Fix:
    Correct the place that the message shows.

Since: 0.1.0
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_WORD = lazy_regex(r"[\w$]+$")
_COMMENT = lazy_regex(r"(?:^|\s)(//|#(?!\$)|--(?=\s))", re.MULTILINE)
_QUOTED = lazy_regex(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|/\*.*?\*/", re.DOTALL)


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every JSONata expression with a syntax error, at the position of the error."""
    for node, steps, text in subject.expressions.texts:
        error = subject.expressions.faults.get(text)
        if error is not None:
            start, end = _token(text, error.position)
            yield subject.finding(
                node,
                subject.within(node, steps, start, end),
                f"the expression can't be read: {error}",
                help=_comment(text, error.position) or error.hint,
            )


def _token(text: str, position: int | None) -> tuple[int, int]:
    """What is before ``position``, where the reading stopped: a word or a sign; the last one where that is void."""
    end = len(text[: position or 0].rstrip()) or min(1, len(text))
    word = _WORD.search(text, 0, end)
    return (word.start() if word else max(end - 1, 0)), end


def _comment(text: str, position: int | None) -> str | None:
    """The advice for a comment in another language's form, on the line where the reading stopped or above it."""
    reached = text[: text.find("\n", position or 0) if "\n" in text[position or 0 :] else len(text)]
    found = _COMMENT.search(_QUOTED.sub(lambda quoted: " " * len(quoted[0]), reached))
    return f"if {found[1]} begins a comment: JSONata writes /* … */" if found else None
