"""The arguments of a batch: what the command line says, else the file, else the defaults of ``args_schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import merged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonObject, JsonValue

# Keys whose presence makes args_schema a JSON Schema rather than a list of arguments.
_SCHEMA_KEYWORDS = ("$schema", "$ref", "$defs", "allOf", "anyOf", "oneOf")


def merge_arguments(given: JsonObject, in_file: JsonObject, schema: JsonObject) -> JsonObject:
    """All arguments of a run: ``given`` over those ``in_file``, over the defaults of ``schema`` (``args_schema``).

    Objects in both of the first two are merged key by key. A default counts when the whole argument is missing; it does
    not fill up an object that is there.
    """
    defaults = {
        name: entry["default"]
        for name, entry in argument_entries(schema).items()
        if isinstance(entry, dict) and "default" in entry and name not in in_file and name not in given
    }
    return {**merged(in_file, given), **defaults}


def argument_entries(schema: JsonObject) -> Mapping[str, JsonValue]:
    """What ``args_schema`` says about each argument, by its name; empty where it lists none.

    The flat form is ``{name: {type, required: true, default}}``; a JSON Schema lists them under ``properties``.
    """
    properties = schema.get("properties")
    if isinstance(properties, dict) and all(isinstance(entry, dict | bool) for entry in properties.values()):
        return properties
    if isinstance(schema.get("type"), str | list) or any(keyword in schema for keyword in _SCHEMA_KEYWORDS):
        return {}
    return schema
