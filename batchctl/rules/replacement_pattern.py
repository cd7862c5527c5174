"""An argument holds ``$&``, ``$$``, ``$`` with a backtick or ``$'``, which the service replaces as it fills it in.

Why:
    Values are put in with JavaScript's ``replace``, where these have a meaning: ``a$$b`` arrives as ``a$b``.

Fails:
    args: {price: "5$$"}
    resources:
      - resource: crm/contacts
        method: list
        query: {text: "costs {{args.price}}"}

Passes:
    args: {price: "5$"}
    resources:
      - resource: crm/contacts
        method: list
        query: {text: "costs {{args.price}}"}

Fix:
    Write every ``$`` of the value twice, or let the placeholder be the whole string.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject
    from batchctl.template import Reference

_PATTERNS = ("$&", "$$", "$`", "$'")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder whose argument would be sent changed, since it has ``$&`` or the like in it.

    The service fills in values with JavaScript's ``replace``, which gives these a meaning.
    """
    for node, reference, raw in subject.arguments.read:
        if isinstance(raw, str) and any(pattern in raw for pattern in _PATTERNS) and _changes(reference, raw, subject):
            yield subject.finding(
                node,
                reference,
                f"{reference.text} would be sent changed: its value holds a pattern of JavaScript's replace",
                help='write every "$" of the value twice, or let the placeholder be the whole string',
                blame=subject.arguments.blamed(reference),
            )


def _changes(reference: Reference, raw: str, subject: Subject) -> bool:
    around = "" if reference.whole else " "
    rendered = compile_template(f"{around}{reference.text}").render({"args": subject.arguments.values})
    return rendered != f"{around}{raw}"
