"""The plan as boxes and arrows: what every drawing of it is made from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.definition.model import Request, SyncNode
from batchctl.definition.sync_job import is_end_event
from batchctl.patterns import lazy_regex
from batchctl.plain import clean
from batchctl.plan.preview import over
from batchctl.render.text.words import record_word, repeats, request_line
from batchctl.structs import Struct
from batchctl.truto.calls import is_delete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.plan.planner import Plan, Step
    from batchctl.redaction import Redact

_MAX_LENGTH = 48
_PLACEHOLDER = lazy_regex(r"\{\{\s*([\w./-]+)[^{}]*\}\}", re.ASCII)


class Box(Struct, frozen=True):
    """One resource in a drawing of the plan.

    ``does`` is what it calls (``GET /unified/crm/contacts``), ``notes`` are lines such as that of its loop. ``kind`` is
    the node's type (``request``, ``transform``), ``wave`` counts from 0; ``writes`` and ``deletes`` say what its calls
    may do.
    """

    key: str
    does: str
    notes: tuple[str, ...]
    kind: str
    wave: int
    writes: bool
    deletes: bool

    @property
    def effect(self) -> str:
        """What it does to data, in capitals; empty for what only reads."""
        return "DELETES" if self.deletes else "WRITES" if self.writes else ""

    @property
    def lines(self) -> list[str]:
        """Its texts, a line each: its name, what it does where that says more, its notes."""
        return [self.key, *([self.does] if self.does != self.key else []), *self.notes]


class Arrow(Struct, frozen=True):
    """An arrow in a drawing from the box with index ``start`` to that with index ``end``, which runs after it.

    ``label`` says how often the later one is repeated for records of the earlier one (``per contact``), empty for once.
    ``waits`` is False where records are read without a ``depends_on`` between the two.
    """

    start: int
    end: int
    label: str = ""
    waits: bool = True


class GraphDrawing(Struct, frozen=True):
    """A plan as boxes, in the order of the file, and the arrows between them.

    ``waves`` are the indexes of the boxes that can run at the same time, wave after wave.
    """

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    waves: tuple[tuple[int, ...], ...]


def drawing(plan: Plan, *, title: str, redact: Redact) -> GraphDrawing:
    """The plan as boxes and arrows, to be written as text, Mermaid, DOT or SVG.

    ``title`` is shown above them, ``redact`` masks secrets. Texts are on one line, free of control characters, and at
    most 48 characters long.
    """

    def words(text: str) -> str:
        return clean(_PLACEHOLDER.sub(_short, " ".join(redact(text).split())), _MAX_LENGTH)

    place = {key: number for number, key in enumerate(plan.steps)}
    boxes = tuple(_box(step, plan, words) for step in plan.steps.values())
    arrows = tuple(arrow for step in plan.steps.values() for arrow in _arrows(step, plan, place, words))
    waves = tuple(tuple(place[key] for key in wave) for wave in plan.waves)
    return GraphDrawing(words(title), boxes, arrows, waves)


def _short(placeholder: re.Match[str]) -> str:
    """``{{resources.crm.contacts.id:str}}`` → ``‹contacts.id›``."""
    return f"‹{'.'.join(placeholder[1].split('.')[-2:])}›"


def _box(step: Step, plan: Plan, words: Callable[[str], str]) -> Box:
    node = step.node
    return Box(
        key=words(node.key),
        does=words(request_line(step)),
        notes=tuple(map(words, _notes(step, plan))),
        kind=node.kind,
        wave=step.wave,
        writes=isinstance(node, Request) and node.is_write,
        deletes=isinstance(node, Request) and is_delete(node.method),
    )


def _notes(step: Step, plan: Plan) -> Iterator[str]:
    node = step.node
    if step.loop:
        yield f"for each of {over(step, plan)}"
    if isinstance(node, Request) and node.recurse is not None:
        yield f"again if {node.recurse.condition}" if node.recurse.condition else "again for every record"
    if isinstance(node, SyncNode):
        yield from _sync_notes(node)
    if node.run_if:
        yield f"only if {node.run_if}"


def _sync_notes(node: SyncNode) -> Iterator[str]:
    """Which event, which state, where to."""
    config = node.config
    match node.kind:
        case "event":
            yield str(config.get("name"))
        case "destination":
            settings = config.get("config")
            target = settings.get("id") if isinstance(settings, dict) else None
            yield f"to {config.get('destination_type')}{f' {target}' if target else ''}"
        case _:
            yield str(config.get("key"))


def _arrows(step: Step, plan: Plan, place: dict[str, int], words: Callable[[str], str]) -> Iterator[Arrow]:
    fans = {
        fan_out.node: words(f"per {record_word(fan_out.node, plan)}") if repeats(fan_out.node, plan) else ""
        for fan_out in step.fan_outs
    }
    here = place[step.node.key]
    for parent in () if is_end_event(step.node) else step.parents:
        yield Arrow(place[parent], here, fans.pop(parent, ""))
    for node, label in fans.items():
        yield Arrow(place[node], here, label, waits=False)
