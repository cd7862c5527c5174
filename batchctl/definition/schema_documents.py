"""The JSON Schemas of both kinds of definition (Draft 2020-12).

A batch's stands in ``schema.json``. A sync job's is ``sync_job.json`` and the nodes that both kinds have, with what is
different in a sync job laid over them: nothing is said twice.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

DefinitionKind: TypeAlias = Literal["batch", "sync-job"]

# The nodes that a definition of each kind can have; the first is what a node without a type is.
SHARED_NODES = ("request", "spool", "transform", "add_context")
SYNC_NODES = ("get_state", "update_state", "delete_state", "event", "destination")
NODES: dict[DefinitionKind, tuple[str, ...]] = {"batch": SHARED_NODES, "sync-job": (*SHARED_NODES, *SYNC_NODES)}
_OF_EVERY_NODE = ("name", "type", "debug", "run_if", "depends_on")


@cache
def schema_text(kind: DefinitionKind = "batch") -> str:
    """The JSON Schema of a kind of definition as it is published: JSON text, Draft 2020-12."""
    if kind == "batch":
        return _file("schema.json")
    return published(_sync_job())


def published(document: dict[str, Any]) -> str:
    """A JSON Schema as it is published: indented JSON text."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def schema_document(kind: DefinitionKind) -> dict[str, Any]:
    """The JSON Schema of a kind of definition as data; a copy that the caller may change."""
    document: dict[str, Any] = json.loads(schema_text(kind))
    return document


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _sync_job() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_file("sync_job.json"))
    own, shared = document["$defs"], json.loads(_file("schema.json"))["$defs"]
    nodes: dict[str, Any] = {}
    for name in SHARED_NODES:
        properties = {**shared[name]["properties"], **own.get(name, {}).get("properties", {})}
        nodes[name] = {**shared[name], "properties": properties}
    for name in SYNC_NODES:
        common = {key: nodes["spool"]["properties"][key] for key in _OF_EVERY_NODE}
        common["type"] = {**common["type"], "const": name}
        nodes[name] = {**own[name], "properties": {**common, **own[name]["properties"]}}
    # A request is the one whose type may be left out, and says which types there are.
    kinds = {**nodes["request"]["properties"]["type"], "enum": list(NODES["sync-job"])}
    nodes["request"] = {**nodes["request"], "properties": {**nodes["request"]["properties"], "type": kinds}}
    document["$defs"] = {"resource": {**own["resource"], **_by_type()}, **nodes}
    return document


def _by_type() -> dict[str, Any]:
    """The schema of a node by its ``type``: ``if`` … ``then`` … ``else``, which editors explain better than a union."""
    chosen: dict[str, Any] = {"$ref": "#/$defs/request"}
    for name in reversed(NODES["sync-job"][1:]):
        asked = {"required": ["type"], "properties": {"type": {"const": name}}}
        chosen = {"if": asked, "then": {"$ref": f"#/$defs/{name}"}, "else": chosen}
    return chosen
