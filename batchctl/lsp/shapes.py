"""What our own JSON Schema says of the place where a cursor is."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from batchctl.definition.schema_documents import schema_text
from batchctl.json_types import value_at

if TYPE_CHECKING:
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.json_types import DataPath, JsonObject, JsonValue


def shape_at(data: JsonValue, path: DataPath, of: DefinitionKind = "batch") -> JsonObject:
    """What the JSON Schema says of the value at ``path`` in a definition; empty where anything is allowed.

    ``data`` is the definition's data, ``of`` its kind. The result is a part of the schema as it is written, references
    not followed; the value need not be there yet.
    """
    shape, rest = _schema(of), path
    if len(path) >= 2 and path[0] == "resources":
        kinds_of = _mapping(_schema(of), "$defs")
        kind = _mapping_of(value_at(data, path[:2])).get("type", "request")
        shape, rest = _mapping(kinds_of, kind if isinstance(kind, str) and kind in kinds_of else "request"), path[2:]
    for step in rest:
        shape = _mapping(_mapping(shape, "properties"), step) if isinstance(step, str) else {}
    return shape


def fields(shape: JsonObject) -> dict[str, JsonObject]:
    """The keys that a mapping can have by its JSON Schema, ``shape``, each with the schema of its value."""
    return {name: _mapping_of(described) for name, described in _mapping(shape, "properties").items()}


def kinds(of: DefinitionKind = "batch") -> tuple[str, ...]:
    """The types of nodes that a definition of the kind ``of`` can have, in the order of the schema."""
    return tuple(name for name in _mapping(_schema(of), "$defs") if name != "resource")


@cache
def _schema(of: DefinitionKind) -> JsonObject:
    return _mapping_of(json.loads(schema_text(of)))


def _mapping(owner: JsonObject, key: str) -> JsonObject:
    return _mapping_of(owner.get(key))


def _mapping_of(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
