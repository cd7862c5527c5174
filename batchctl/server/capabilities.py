"""What an account can do, as far as its fixtures tell: resources, methods, and the fields of their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_files import DATA_FORMATS, FORMATS
from batchctl.truto.calls import STANDARD_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.json_types import JsonObject, JsonValue

_DEPTH = {"unified": 2, "proxy": 1}
_SEEN_RECORDS = 50


def fixture_resources(folder: FixtureFolder, root: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The resources that have files in a fixtures folder, each with its methods, sorted by name.

    Unified resources (``crm/contacts``) come first, then those of the Proxy API (``users``). ``root`` are the folders
    from the top of ``folder`` to those of the account, empty where accounts have none.
    """
    for api, depth in _DEPTH.items():
        top = folder.path.joinpath(*root, api)
        found: dict[str, list[str]] = {}
        for path in sorted(top.rglob("*")) if top.is_dir() else ():
            parts = path.relative_to(top).parts
            ending, stem = path.suffix[1:], path.stem
            if len(parts) == depth and ending in FORMATS and path.is_file():
                found.setdefault("/".join((*parts[:-1], stem)), [])[:0] = STANDARD_METHODS
            elif len(parts) == depth + 1 and ending in DATA_FORMATS and path.is_file():
                found.setdefault("/".join(parts[:-1]), []).append(stem)
        yield from sorted(found.items())


def derived_capabilities(folder: FixtureFolder, root: Sequence[str]) -> JsonObject:
    """What an account offers, by its fixtures: ``{"proxy": […], "unified": […]}``, as in Truto's capabilities.

    An item of ``unified`` has ``model``, ``model_label``, ``resource``, ``methods`` (a list of names) and
    ``env_overridden`` (false); one of ``proxy`` has ``resource`` and ``methods``, a list of objects with ``method`` and
    ``name`` (both its name), ``description`` and the booleans ``has_description``, ``has_query_schema``,
    ``has_body_schema`` and ``has_response_schema``. ``root`` are the folders from the top of ``folder`` to those of the
    account, empty where accounts have none.
    """
    proxy: list[JsonValue] = []
    unified: list[JsonValue] = []
    for resource, methods in fixture_resources(folder, root):
        if "/" in resource:
            model, name = resource.split("/", 1)
            unified.append(
                {"model": model, "model_label": model, "resource": name, "methods": [*methods], "env_overridden": False}
            )
        else:
            proxy.append({"resource": resource, "methods": [_method(resource, method) for method in methods]})
    return {"proxy": proxy, "unified": unified}


def _method(resource: str, method: str) -> JsonValue:
    return {
        "method": method,
        "name": method,
        "description": f"{method} {resource}, from the fixtures",
        "has_description": True,
        "has_query_schema": method == "list",
        "has_body_schema": method in ("create", "update"),
        "has_response_schema": True,
    }


def selected(capabilities: JsonObject, query: JsonObject) -> JsonObject:
    """A copy of ``capabilities`` (``{"proxy": […], "unified": […]}``) with only what the query asks for.

    The query's keys are ``type`` (``proxy``, ``unified``, ``all``), ``resource`` (``contacts``, ``crm/contacts``),
    ``methods`` (a list, or separated by commas) and ``has_description`` (``true`` unless given: methods without one are
    left out); one that is missing asks for all. Resources without a method left are gone.
    """
    kind = query.get("type", "all")
    resource = query.get("resource")
    methods = _names(query.get("methods"))
    documented = query.get("has_description", "true") != "false"
    result = dict(capabilities)
    for api in ("proxy", "unified"):
        entries = result.get(api)
        if kind not in ("all", api):
            result.pop(api, None)
        elif isinstance(entries, list):
            chosen = (_chosen(entry, methods, documented=documented) for entry in entries if _is_for(entry, resource))
            result[api] = [entry for entry in chosen if entry is not None]
    return result


def _names(value: JsonValue) -> frozenset[str] | None:
    if value is None:
        return None
    return frozenset(str(item).strip() for item in (value if isinstance(value, list) else str(value).split(",")))


def _is_for(entry: JsonValue, resource: JsonValue) -> bool:
    if resource is None or not isinstance(entry, dict):
        return True
    return resource in (entry.get("resource"), f"{entry.get('model')}/{entry.get('resource')}")


def _chosen(entry: JsonValue, methods: frozenset[str] | None, *, documented: bool) -> JsonValue:
    known = entry.get("methods") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(known, list):
        return entry
    left = [
        method
        for method in known
        if (methods is None or _name(method) in methods)
        and not (documented and isinstance(method, dict) and method.get("has_description") is False)
    ]
    return {**entry, "methods": left} if left else None


def _name(method: JsonValue) -> JsonValue:
    return method.get("method") if isinstance(method, dict) else method


def method_schemas(records: Iterable[JsonValue], method: str) -> JsonObject:
    """The JSON Schemas of a method, derived from the fields of the first 50 of ``records``.

    They are under ``query_schema`` (null unless it is ``list``), ``body_schema`` (null unless it is ``create`` or
    ``update``) and ``response_schema``, for ``list`` that of a whole page.
    """
    properties = _properties(records)
    schema: JsonObject = {"type": "object", "properties": properties}
    listed: JsonObject = {
        "type": "object",
        "properties": {
            "result": {"type": "array", "items": schema},
            "next_cursor": {"type": ["string", "null"]},
            "prev_cursor": {"type": ["string", "null"]},
            "result_count": {"type": "integer"},
            "is_partial_response": {"type": "boolean"},
        },
    }
    cursor: JsonObject = {"limit": {"type": "integer"}, "next_cursor": {"type": "string"}}
    return {
        "query_schema": {"type": "object", "properties": {**properties, **cursor}} if method == "list" else None,
        "body_schema": schema if method in ("create", "update") else None,
        "response_schema": listed if method == "list" else schema,
    }


def _properties(records: Iterable[JsonValue]) -> JsonObject:
    found: dict[str, list[JsonValue]] = {}
    for record, _ in zip(records, range(_SEEN_RECORDS), strict=False):
        for name, value in record.items() if isinstance(record, dict) else ():
            types = found.setdefault(name, [])
            if (kind := _TYPES[type(value)]) not in types:
                types.append(kind)
    return {name: {"type": types[0] if len(types) == 1 else types} for name, types in found.items()}


_TYPES: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
