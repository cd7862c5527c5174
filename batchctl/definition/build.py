"""From data that has the right shape to the typed model, and to what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from batchctl.definition.model import AddContext, Recurse, Request, Spool, SyncNode, Transform
from batchctl.definition.schema_documents import SYNC_NODES
from batchctl.definition.shape import resource_key

if TYPE_CHECKING:
    from batchctl.definition.model import Resource, SyncKind
    from batchctl.json_types import JsonObject, JsonValue


def build_resource(index: int, kind: str, data: JsonObject) -> Resource:
    """The typed node for ``data``, the item ``index`` (from 0) of ``resources``, which fits the schema of its ``kind``.

    ``kind`` is the node's type: ``request``, ``spool``, ``transform`` …
    """
    key = resource_key(data) or ""
    depends_on = _names(data.get("depends_on"))
    persist = data.get("persist") is True
    run_if = cast("str | None", data.get("run_if"))
    match kind:
        case "spool":
            return Spool(key, index, depends_on, persist, run_if)
        case "transform" | "add_context":
            config = cast("JsonObject", data["config"])
            make = Transform if kind == "transform" else AddContext
            expression, debug = cast("str", config["expression"]), data.get("debug") is True
            return make(key, index, depends_on, expression, persist, run_if, debug)
        case _ if kind in SYNC_NODES:
            return _sync_node(key, index, cast("SyncKind", kind), data)
        case _:
            return _request(key, index, depends_on, data)


def _sync_node(key: str, index: int, kind: SyncKind, data: JsonObject) -> SyncNode:
    """A destination waits for what it persists; of the other kinds ``config`` is all that they are."""
    config = data.get("config")
    own = data if kind == "destination" or not isinstance(config, dict) else config
    waits = (*_names(data.get("depends_on")), *_names(data.get("resources_to_persist")))
    return SyncNode(key, index, tuple(dict.fromkeys(waits)), kind, own, run_if=cast("str | None", data.get("run_if")))


def build_payload(root: JsonObject, args: JsonObject) -> JsonObject:
    """The body of ``POST /batch-request`` for the data ``root`` of a file, with ``args`` as its arguments.

    Only what Truto takes is in it: no ``name``, no ``args_schema``, no keys that start with ``x-``.
    """
    payload: JsonObject = {"integrated_account_id": root.get("integrated_account_id")}
    if args or "args" in root:
        payload["args"] = args
    resources = root.get("resources")
    payload["resources"] = [sent_node(resource) for resource in resources] if isinstance(resources, list) else []
    return payload


def _request(key: str, index: int, depends_on: tuple[str, ...], data: JsonObject) -> Request:
    return Request(
        key,
        index,
        depends_on,
        resource=cast("str", data["resource"]),
        method=cast("str", data["method"]),
        id=cast("str | None", data.get("id")),
        query=cast("JsonObject | str | None", data.get("query")),
        body=cast("JsonObject | str | None", data.get("body")),
        loop_on=cast("str | None", data.get("loop_on")),
        persist=data.get("persist") is True,
        recurse=_recurse(data.get("recurse")),
        response_format=cast("str | None", data.get("response_format")),
        run_if=cast("str | None", data.get("run_if")),
        account=cast("str | None", data.get("integrated_account_id")),
        delete_tracking=cast("str | None", data.get("delete_tracking")),
        accept=_statuses(data.get("x-accept")),
    )


def _statuses(value: JsonValue) -> frozenset[int]:
    written = value if isinstance(value, list) else [value]
    return frozenset(each for each in written if isinstance(each, int))


def _recurse(value: JsonValue) -> Recurse | None:
    if not isinstance(value, dict):
        return None
    config = value.get("config", {})
    return Recurse(cast("str | None", value.get("if")), cast("JsonObject", config))


def _names(value: JsonValue) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def sent_node(resource: JsonValue) -> JsonValue:
    """An item of ``resources`` as it is sent: without its keys that start with ``x-``, which are for tools."""
    if not isinstance(resource, dict):
        return resource
    return {key: value for key, value in resource.items() if not key.startswith("x-")}
