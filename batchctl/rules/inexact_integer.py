"""An integer that JavaScript can't hold: the service would send its nearest neighbour.

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
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.base import Finding
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import JsonValue
    from batchctl.definition.source import Path
    from batchctl.rules.base import Subject

_MOST_EXACT = 2**53


def check(subject: Subject) -> Iterator[Finding]:
    """Every such integer in ``args``, ``query`` and ``body``."""
    places: list[tuple[Path, JsonValue, str | None]] = [(("args",), subject.args, None)]
    for node in subject.requests:
        places += [(subject.at(node, part), getattr(node, part), node.key) for part in ("query", "body")]
    for start, tree, key in places:
        for path, number in _integers(tree, start):
            if -_MOST_EXACT <= number <= _MOST_EXACT or _is_exact(number):
                continue
            yield Finding(
                f"the service would send {to_text(float(number))} for this integer",
                path,
                subject.source.span(path),
                help="put it in quotes: as text it keeps every digit",
                resource=key,
            )


def _integers(tree: JsonValue, start: Path) -> Iterator[tuple[Path, int]]:
    pending: list[tuple[Path, JsonValue]] = [(start, tree)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(((*path, name), item) for name, item in value.items() if _can_hold(item))
        elif isinstance(value, list):
            pending.extend(((*path, index), item) for index, item in enumerate(value) if _can_hold(item))
        elif isinstance(value, int) and not isinstance(value, bool):
            yield path, value


def _can_hold(value: JsonValue) -> bool:
    return isinstance(value, dict | list | int)


def _is_exact(number: int) -> bool:
    try:
        return int(float(number)) == number
    except OverflowError:
        return True
