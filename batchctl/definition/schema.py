"""What in some data violates the schema of a kind of definition."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from batchctl.definition.schema_documents import schema_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.json_types import DataPath, JsonObject, JsonValue

# The part of a schema that is about the top of a file; the others are called like the kinds of nodes.
TOP = "definition"
# For people and editors.
_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "examples", "default", "$defs"})
_KEYWORDS = frozenset(
    {"type", "const", "enum", "required", "properties", "patternProperties", "additionalProperties", "items"}
    | {"minLength", "minItems", "minimum", "maximum"}
)
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


class Violation(NamedTuple):
    """One place in some data that violates one keyword of a JSON Schema.

    ``path`` leads from the data that was checked to the ``value``; ``expected`` is what the keyword says (for a range,
    the least and the greatest number). ``known`` are the keys that the schema of ``value`` lists; ``key`` is the one
    that is not among them (``additionalProperties``) or is missing (``required``).
    """

    keyword: str
    path: DataPath
    value: JsonValue
    expected: object
    known: tuple[str, ...]
    key: str = ""


@cache
def known_keys(part: str, kind: DefinitionKind = "batch") -> tuple[str, ...]:
    """The keys that a part of a definition may have, without those that start with ``x-``.

    ``part`` is ``definition`` (the top level) or a kind of node (``request``, ``spool`` …).
    """
    return _checker(part, kind).known


def violations(part: str, value: JsonValue, kind: DefinitionKind = "batch") -> Iterator[Violation]:
    """Every place in ``value`` that violates the schema of a part of a definition.

    ``part`` is ``definition`` (the top level, without its nodes) or a kind of node (``request``, ``spool`` …).
    """
    return _checker(part, kind).violations(value, ())


def schema_violations(schema: dict[str, Any]) -> Callable[[JsonValue], Iterator[Violation]]:
    """A function that takes a value and yields each place in it that violates ``schema``, a JSON Schema.

    Raises ``TypeError`` for a schema with keywords that this module does not know.
    """
    checker = _Checker(schema)
    return lambda value: checker.violations(value, ())


def _part(part: str, kind: DefinitionKind) -> dict[str, Any]:
    schema = schema_document(kind)
    if part != TOP:
        found: dict[str, Any] = schema["$defs"][part]
        return found
    # Resources are checked one by one, each by the schema of its kind: quicker, and no union to explain.
    del schema["properties"]["resources"]["items"]
    return schema


@cache
def _checker(part: str, kind: DefinitionKind) -> _Checker:
    return _Checker(_part(part, kind))


class _Checker:
    """One schema, made ready for many values. Knows the keywords of ours, no others: that is quick.

    A test holds it to the answers of the package jsonschema.
    """

    __slots__ = ("_enum", "_items", "_least", "_own", "_properties", "_range", "_required", "_says", "_types", "known")

    def __init__(self, schema: dict[str, Any]) -> None:
        unknown = schema.keys() - _KEYWORDS - _ANNOTATIONS
        if unknown:
            raise TypeError(f"the checker does not know {', '.join(sorted(unknown))}")
        said = schema.get("type", [])
        self._says: object = said
        self._types = tuple(each for name in ([said] if isinstance(said, str) else said) for each in _TYPES[name])
        self._enum: list[object] | None = [schema["const"]] if "const" in schema else schema.get("enum")
        self._required: tuple[str, ...] = tuple(schema.get("required", ()))
        self._properties = {key: _Checker(value) for key, value in schema.get("properties", {}).items()}
        self.known = tuple(self._properties)
        # None where any key will do, else whether keys may start with x-.
        self._own = "patternProperties" in schema if schema.get("additionalProperties") is False else None
        self._items = _Checker(schema["items"]) if "items" in schema else None
        self._range: tuple[float, float] | None = None
        if "minimum" in schema or "maximum" in schema:
            self._range = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        self._least: int = schema.get("minLength", schema.get("minItems", 0))

    def violations(self, value: JsonValue, path: DataPath) -> Iterator[Violation]:
        """What is wrong with a value that is at ``path``."""
        if self._types and type(value) not in self._types:
            yield Violation("type", path, value, self._says, self.known)
        elif self._enum is not None and value not in self._enum:
            yield Violation("enum", path, value, self._enum, self.known)
        elif self._range is not None and isinstance(value, int | float) and type(value) is not bool:
            if not self._range[0] <= value <= self._range[1]:
                keyword = "minimum" if value < self._range[0] else "maximum"
                yield Violation(keyword, path, value, self._range, self.known)
        elif isinstance(value, dict):
            yield from self._in_mapping(value, path)
        elif isinstance(value, str | list):
            if len(value) < self._least:
                keyword = "minLength" if isinstance(value, str) else "minItems"
                yield Violation(keyword, path, value, self._least, self.known)
            if self._items is not None and isinstance(value, list):
                for number, item in enumerate(value):
                    yield from self._items.violations(item, (*path, number))

    def _in_mapping(self, value: JsonObject, path: DataPath) -> Iterator[Violation]:
        for key in self._required:
            if key not in value:
                yield Violation("required", path, value, self._required, self.known, key)
        if not self.known:
            return
        properties = self._properties
        for key, item in value.items():
            checker = properties.get(key)
            if checker is None:
                if self._own is not None and not (self._own and key.startswith("x-")):
                    yield Violation("additionalProperties", path, value, False, self.known, key)
            elif not checker.is_plain(item):
                yield from checker.violations(item, (*path, key))

    def is_plain(self, value: JsonValue) -> bool:
        """Whether a value is so simple that nothing can be wrong with it; most are."""
        return (
            type(value) in self._types
            and self._enum is None
            and self._range is None
            and not self._required
            and not self._properties
            and self._items is None
            and (not self._least or (isinstance(value, str | list) and len(value) >= self._least))
        )
