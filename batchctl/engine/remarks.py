"""What a run notices about the values that it sends: numbers that JavaScript rounds, placeholders sent literally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from batchctl.plan.remarks import rounded_sentence
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.plan.expansion import Expanded


class RunRemark(Struct):
    """One placeholder of resource ``key``; ``count`` calls have it, ``sentence`` tells of the first one."""

    key: str
    kind: Literal["sent-literally", "rounded-number"]
    sentence: str
    count: int = 0


class RunRemarks:
    """Gathers them; grows with the file, not with the number of calls."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], RunRemark] = {}

    def add(self, key: str, call: Expanded) -> None:
        """Take note of a call of resource ``key`` that is sent."""
        for reference in call.missing:
            name = (key, "sent-literally", reference.text)
            remark = self._found.setdefault(name, RunRemark(key, "sent-literally", f"{reference.text} has no value"))
            remark.count += 1
        for rounded in call.rounded:
            name = (key, "rounded-number", rounded.reference.text)
            remark = self._found.setdefault(name, RunRemark(key, "rounded-number", rounded_sentence(rounded)))
            remark.count += 1

    def all(self) -> tuple[RunRemark, ...]:
        """All of them, in the order in which they first came."""
        return tuple(self._found.values())
