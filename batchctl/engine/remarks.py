"""What a run notices about its values: rounded numbers, objects as text, placeholders sent literally, expressions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Literal

from batchctl.expression.pitfalls import shown_by_values
from batchctl.plain import clean, listed
from batchctl.plan.remarks import rounded_sentence, unconverted_sentence
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.json_types import JsonObject
    from batchctl.plan.expansion import Expanded
    from batchctl.template import Reference
    from batchctl.template.watching import Worries

    Kind = Literal[
        "sent-literally", "rounded-number", "became-text", "unconverted-value", "works-otherwise", "no-calls"
    ]

# Characters of an expression that a remark quotes.
_EXCERPT: Final = 60


class RunRemark(Struct):
    """Something that a run noticed about what it sent for resource ``key``, and that its author hardly meant.

    ``kind`` says what: a placeholder without a value sent as text, a number that JavaScript rounds, an object that
    became text, a type (``:int``) that did not convert its value, an expression that surprises, a request that made no
    call since a state that it reads was left out. ``sentence`` says it for people, with the first example; ``count`` is
    how many calls it applies to, 1 for an expression, 0 where there was none.
    """

    key: str
    kind: Kind
    sentence: str
    count: int = 0


class RunRemarks:
    """Collects the remarks about a run; however many calls there are, each placeholder or expression gets one."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], RunRemark] = {}

    def add(self, key: str, call: Expanded) -> None:
        """Add remarks about a call of ``key``: placeholders sent as text, rounded numbers, objects as text."""
        self.add_worries(key, call)
        for reference in call.unconverted:
            self._count(key, "unconverted-value", reference, unconverted_sentence(reference))

    def add_worries(self, key: str, rendered: Expanded | Worries) -> None:
        """Add the same remarks about what ``key`` sends or delivers, without those about types."""
        for reference in rendered.missing:
            self._count(key, "sent-literally", reference, f"{reference.text} has no value")
        for rounded in rendered.rounded:
            self._count(key, "rounded-number", rounded.reference, rounded_sentence(rounded))
        for reference in rendered.objects:
            sentence = f"{reference.text} is an object, and is sent as [object Object]"
            self._count(key, "became-text", reference, sentence)

    def add_no_calls(self, key: str, states: Sequence[str]) -> None:
        """Add that request ``key`` made no call, as it reads the nodes ``states``, whose ``run_if`` was not true."""
        which = listed([clean(each, _EXCERPT) for each in states])
        sentence = f"no call was made: it reads {which}, whose run_if was not true, so that there is no value"
        self._found.setdefault((key, "no-calls", which), RunRemark(key, "no-calls", sentence))

    def _count(self, key: str, kind: Kind, reference: Reference, sentence: str) -> None:
        self._found.setdefault((key, kind, reference.text), RunRemark(key, kind, sentence)).count += 1

    async def look_at(self, key: str, text: str, data: JsonObject) -> None:
        """Add remarks about the expression ``text`` of node ``key`` where it surprises with the values in ``data``."""
        if shown_by_values(text):
            await asyncio.to_thread(self._look_at, key, text, data)

    def _look_at(self, key: str, text: str, data: JsonObject) -> None:
        from batchctl.expression import find_pitfalls, observed_pitfalls  # noqa: PLC0415 - few expressions need them

        seen = {(use.start, use.end, use.pitfall.name) for use in find_pitfalls(text)}
        for use in observed_pitfalls(text, data):
            if (use.start, use.end, use.pitfall.name) in seen:
                continue
            sentence = f"{clean(text[use.start : use.end], _EXCERPT)}: {use.pitfall.message}; {use.pitfall.help}"
            self._found.setdefault((key, "works-otherwise", sentence), RunRemark(key, "works-otherwise", sentence, 1))

    def all(self) -> tuple[RunRemark, ...]:
        """All remarks, in the order in which they first came up."""
        return tuple(self._found.values())
