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

from batchctl.expression import check_syntax
from batchctl.patterns import lazy_regex
from batchctl.rules.views.expressions import severity_above
from batchctl.template.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

# Of JavaScript and its relatives.
_OPERATORS = {"===": "=", "==": "=", "!==": "!=", "&&": "and", "||": "or"}
_OPERATOR = lazy_regex(r"===|!==|==|&&|\|\|")
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
                help=_advice(text, error.position) or error.hint,
            )
    for path, text in subject.expressions.above:
        error = check_syntax(text)
        if error is not None:
            yield subject.finding(
                None,
                subject.within(None, path, *_token(text, error.position)),
                f"the expression can't be read: {error}",
                help=_advice(text, error.position) or error.hint,
                severity=severity_above(path),
            )


def _token(text: str, position: int | None) -> tuple[int, int]:
    """What is before ``position``, where the reading stopped: a word or a sign; the last one where that is void."""
    end = len(text[: position or 0].rstrip()) or min(1, len(text))
    word = _WORD.search(text, 0, end)
    return (word.start() if word else max(end - 1, 0)), end


def _advice(text: str, position: int | None) -> str | None:
    """What to write instead of a form of another language: the one where the reading stopped, or a comment."""
    placeholder = PLACEHOLDER.search(text)
    if placeholder is not None:
        return f"JSONata has no placeholders: write {placeholder[0][2:-2].strip()} without braces"
    found = _OPERATOR.search(text, max((position or 0) - 2, 0), (position or 0) + 2)
    if found is not None:
        return f"JSONata has {_OPERATORS[found[0]]} for {found[0]}"
    return _comment(text, position)


def _comment(text: str, position: int | None) -> str | None:
    """The advice for a comment in another language's form, on the line where the reading stopped or above it."""
    reached = text[: text.find("\n", position or 0) if "\n" in text[position or 0 :] else len(text)]
    found = _COMMENT.search(_QUOTED.sub(lambda quoted: " " * len(quoted[0]), reached))
    return f"if {found[1]} begins a comment: JSONata writes /* … */" if found else None
