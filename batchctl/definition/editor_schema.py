"""The schema as editors get it: with hints that they show, and that a check of a whole file does not need.

An editor that knows only the schema reads ``{{args.x}}`` without quotes as a mapping whose key is a mapping. No JSON
has such a key, so ``propertyNames`` refuses it for editors and nobody else. And where a node has no ``type`` yet, all
types stand beside one another to be completed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.schema_documents import NODES, published, schema_document

if TYPE_CHECKING:
    from batchctl.definition.schema_documents import DefinitionKind

_QUOTE = 'A placeholder without quotes: write "{{…}}"'
_NAMES = {"type": "string", "errorMessage": _QUOTE}
_VALUES = {"$ref": "#/$defs/values"}
_DEEP = {"propertyNames": _NAMES, "additionalProperties": _VALUES, "items": _VALUES}


def editor_schema(kind: DefinitionKind) -> str:
    """The JSON Schema of a kind of definition as ``batchctl schema`` prints it for editors: a JSON text."""
    document = schema_document(kind)
    nodes = document["$defs"]
    nodes["resource"]["properties"] = {"type": {**nodes["request"]["properties"]["type"], "enum": list(NODES[kind])}}
    nodes["values"] = {"title": "Value", "description": "Any value, with placeholders in quotes.", **_DEEP}
    request = nodes["request"]["properties"]
    for shape in (request["query"], request["body"], request["recurse"]["properties"]["config"]["properties"]["query"]):
        shape.update({"propertyNames": _NAMES, "additionalProperties": _VALUES})
    document["properties"]["args"].update({"propertyNames": _NAMES, "additionalProperties": _VALUES})
    return published(document)
