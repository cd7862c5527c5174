"""An expression compares with a bare name, which is no text in JSONata.

Why:
    A name without quotes is a path: where the input has none of that name it is nothing, and nothing equals nothing.
    The condition is never met, and no error says so. Within a filter (``contacts[stage = won]``) such a name may be a
    field of the records, which nobody knows without them: there it is not reported.

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
_ROOTS = ("args", "resources", "tenant_id", "sync_job_run", "previous_run_date", "payload", "true", "false", "null")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every comparison in an expression with a bare name on its right, such as ``stage = won``.

    Names that the file may give a value, such as ``args``, are left out.
    """
    texts = {(node.index, steps): text for node, steps, text in subject.expressions.texts}
    for node, steps, analysis in subject.expressions.analyses:
        if analysis.changes or subject.dependencies.context_above(node.key):
            continue
        for path in analysis.paths:
            if is_compared(texts[node.index, steps], path):
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
