"""An integer that JavaScript can't hold: the service would send its nearest neighbour.

Why:
    JSON numbers are doubles there. Beyond 2^53 not every integer has one, and ids lose their last digits.

Fails:
    args: {owner_id: 9007199254740993}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner_id: "{{args.owner_id}}"}

Passes:
    args: {owner_id: "9007199254740993"}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner_id: "{{args.owner_id}}"}

Fix:
    Put the number in quotes: as text it keeps every digit.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.finding import Blame
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every integer in ``args``, ``query`` and ``body`` that a double does not hold exactly."""
    for node, steps, number in subject.leaves.integers:
        if not _is_exact(number):
            yield subject.finding(
                node,
                subject.at(node, *steps),
                f"the service would send {to_text(float(number))} for this integer",
                help="put it in quotes: as text it keeps every digit",
                blame=Blame(steps[1:], str(number)) if node is None and steps[0] == "args" else None,
            )


def _is_exact(number: int) -> bool:
    try:
        return int(float(number)) == number
    except OverflowError:
        return True
