"""Why a path below ``args`` has no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.arguments import argument_entries
from batchctl.definition.model import Request
from batchctl.plain import counted
from batchctl.plan.loops import read_loop
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Collection

    from batchctl.definition.model import Templated
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.reads import Segments
    from batchctl.rules.subject import Subject


_PLAIN_TYPES = {"string": "text", "integer": "a number", "number": "a number", "boolean": "a boolean"}


class Missing(Struct, frozen=True):
    """A path below ``args`` that leads to no value, and where it fails.

    ``steps`` are its keys and indexes after ``args``, up to the first one that does not exist. ``known`` are the names
    that do exist there; ``plain`` says what is there in place of something with names: ``text``, ``a number``.
    """

    steps: tuple[object, ...]
    known: Collection[str]
    # What is there instead of something with names: "text", "a number".
    plain: str | None = None

    @property
    def name(self) -> object:
        """The name of the argument: the first step below ``args``."""
        return self.steps[0]

    @property
    def step(self) -> object:
        """The step that does not exist, the last of ``steps``."""
        return self.steps[-1]

    @property
    def path(self) -> str:
        """The path below ``args`` as it is written: ``user.name``."""
        return ".".join(map(str, self.steps))

    @property
    def sentence(self) -> str:
        """What is missing, as the first half of a message: ``args.user has no "nme"``."""
        if len(self.steps) == 1:
            return f'argument "{self.step}" is neither given nor declared'
        owner = f"args.{'.'.join(map(str, self.steps[:-1]))}"
        return (
            f'{owner} has no "{self.step}"' if self.plain is None else f'{owner} is {self.plain}, without "{self.step}"'
        )


def why_missing(subject: Subject, node: Templated, segments: Segments) -> Missing | None:
    """Where ``segments``, the steps of a path that begins with ``args``, leads to no value; None where it leads to one.

    ``node`` is the one that has the placeholder. None also where the value may still come: ``args_schema`` declares it,
    or does not say what is inside the object around it.
    """
    if len(segments) < 2 or not isinstance(segments[1], str):
        return None
    steps = segments[1:]
    loop = read_loop(node.loop_on) if isinstance(node, Request) else None
    if loop and segments[: len(loop.segments)] == loop.segments:
        elements = subject.loops.value(loop)
        within = (_missing(element, steps, len(loop.segments) - 1, subject) for element in _items(elements))
        return next(filter(None, within), None)
    if steps[0] not in subject.arguments.values:
        known = dict.fromkeys([*subject.arguments.values, *sorted(subject.arguments.declared)])
        if steps[0] not in known:
            return Missing(steps[:1], known)
        types = subject.arguments.declared_types(steps[0])
        plain = {_PLAIN_TYPES.get(each) for each in types}
        return Missing(steps[:2], (), plain.pop()) if len(steps) > 1 and len(plain) == 1 and None not in plain else None
    return _missing(subject.arguments.values[str(steps[0])], steps, 1, subject)


def _items(elements: object) -> list[JsonValue]:
    return elements if isinstance(elements, list) else []


def _missing(value: JsonValue, steps: Segments, depth: int, subject: Subject) -> Missing | None:
    for number in range(depth, len(steps)):
        step, walked = steps[number], steps[: number + 1]
        if isinstance(value, dict) and isinstance(step, str):
            if step not in value:
                return None if _may_come(walked, subject) else Missing(walked, tuple(value))
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        elif isinstance(value, str | int | float):
            return Missing(walked, (), _kind(value))
        elif not isinstance(step, str | int) or steps[0] in subject.arguments.declared:
            # A slice or a pattern is not worth a guess; of what is declared, another value may be given.
            return None
        else:
            return Missing(walked, (), _kind(value))
    return None


def _may_come(steps: Segments, subject: Subject) -> bool:
    """Whether ``args_schema`` knows this path, or leaves open what stands in the object around it."""
    entry: JsonValue = argument_entries(subject.arguments.schema or {}).get(str(steps[0]))
    for step in steps[1:]:
        if not isinstance(entry, dict):
            return False
        if isinstance(step, int):
            entry = entry.get("items")
            continue
        properties = _properties(entry)
        if step not in properties:
            return not properties
        entry = properties[str(step)]
    return True


def _properties(entry: JsonObject) -> JsonObject:
    properties = entry.get("properties")
    return properties if isinstance(properties, dict) else {}


def _kind(value: JsonValue) -> str:
    match value:
        case str():
            return "text"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case None:
            return "null"
        case list():
            return f"a list of {counted(len(value), 'element')}"
        case dict():
            return "an object"
