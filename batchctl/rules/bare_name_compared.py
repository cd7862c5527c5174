"""An expression compares with a bare name, which is no text in JSONata.

Why:
    A name without quotes is a path: where the input has none of that name it is nothing, and nothing equals nothing.
    The condition is never met, and no error says so. Within a filter (``contacts[stage = won]``) such a name may be a
    field of the records, which nobody knows without them: there it is not reported. It is where the other side is the
    key that ``$sift`` or ``$each`` gives its function: ``record.$sift(function($v, $k) { $k != notes })`` compares the
    name of each field with what is in the field ``notes``, so that every field is kept.

Fails:
    args: {stage: won}
    resources:
      - resource: crm/contacts
        method: list
        run_if: args.stage = won

Passes:
    args: {stage: won}
    resources:
      - resource: crm/contacts
        method: list
        run_if: args.stage = "won"

Fix:
    Put it in quotes, or name the root: ``args.won``.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.expression.analysis import PathRead
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_COMPARES = lazy_regex(r"(?:!=|<=|>=|=|<|>|\bin)\s*$")
# The key is the second parameter: $sift(function($value, $key) { … }), $each(object, function($value, $key) { … }).
_WITH_KEY = lazy_regex(r"\$(?:sift|each)\s*\((?:[^()]{0,200},)?\s*(?:function|λ)\s*\(\s*\$\w*\s*,\s*\$(\w+)")
_VARIABLE_BEFORE = lazy_regex(r"\$(\w+)\s*!?=\s*$")
_VARIABLE_AFTER = lazy_regex(r"\s*!?=\s*\$(\w+)")
_ROOTS = ("args", "resources", "tenant_id", "sync_job_run", "previous_run_date", "payload", "true", "false", "null")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every comparison in an expression with a bare name on its right, such as ``stage = won``.

    Names that the file may give a value, such as ``args``, are left out.
    """
    for node, steps, analysis in subject.expressions.analyses:
        if analysis.changes:
            continue
        text, added = subject.expressions.text_at[node.index, steps], subject.dependencies.context_above(node.key)
        for path in analysis.paths:
            if path.relative and (key := _key_beside(text, path)):
                name = path.segments[0]
                yield subject.finding(
                    node,
                    subject.within(node, steps, path.start, path.end),
                    f"${key} is the name of a field, and {name} without quotes is what is in the field {name}",
                    help=f'write "{name}"',
                )
            elif not added and is_compared(text, path):
                name = path.segments[0]
                yield subject.finding(
                    node,
                    subject.within(node, steps, path.start, path.end),
                    f"{name} without quotes is a path, not text: unless the account has it, it has no value",
                    help=f'write "{name}", or args.{name}',
                )


def is_compared(text: str, path: PathRead) -> bool:
    """Whether ``path``, read in the expression ``text``, is a single name on the right of a comparison, and no root.

    Roots are names such as ``args`` and ``resources``.
    """
    if len(path.segments) != 1 or path.relative or path.segments[0] in _ROOTS:
        return False
    return _COMPARES.search(text, 0, path.start) is not None


def _key_beside(text: str, path: PathRead) -> str | None:
    """The variable (without ``$``) that ``path``, a single name, is equated with, where it holds a key; else None."""
    if len(path.segments) != 1:
        return None
    beside = _VARIABLE_BEFORE.search(text, max(path.start - 100, 0), path.start)
    beside = beside or _VARIABLE_AFTER.match(text, path.end)
    if beside is None:
        return None
    keys = {found[1] for found in _WITH_KEY.finditer(text, 0, path.start)}
    return beside[1] if beside[1] in keys else None
