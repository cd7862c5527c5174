"""A ``method`` with a slash, a blank or another character that a name does not have.

Why:
    It is called as a custom method, and becomes one step of the address: ``search/x`` arrives as ``search%2Fx``,
    ``get all`` as ``get%20all``. No integration is known to have such a method.

Fails:
    resources:
      - resource: crm/contacts
        method: search/recent

Passes:
    resources:
      - resource: crm/contacts
        method: search

Fix:
    Write the method's name alone; what follows it belongs into ``id``, ``query`` or ``body``.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.truto.calls import STANDARD_METHODS, percent_encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_ODD = lazy_regex(r"[\s/?#%\\{}]|^\.{1,2}$")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``method`` with a character that no name of a method has, such as a slash or a blank.

    The five standard methods with blanks around them are left to another rule.
    """
    for node in subject.requests:
        if _ODD.search(node.method) and node.method.strip().lower() not in STANDARD_METHODS:
            yield subject.finding(
                node,
                "method",
                f'method "{node.method[:60]}" would be sent as {percent_encoded(node.method)[:90]}',
                help="write the name of a method: list, get, create, update, delete or a custom one",
            )
