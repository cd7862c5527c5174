"""``GET /openapi.json``: the routes as an OpenAPI 3.1 document."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import batchctl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.json_types import JsonObject

_ACCOUNT = {"$ref": "#/components/parameters/account"}
_JSON = "application/json"
_ERRORS = ("400", "401", "403", "404", "405", "408", "409", "413", "415", "422", "429", "500", "502")
_CUSTOM: dict[str, Any] = {}
_RECORD: dict[str, Any] = {"type": "object"}


@cache
def openapi() -> JsonObject:
    """The routes of the server as an OpenAPI 3.1 document; it is cached, so don't change it."""
    paths = _single_paths()
    for path, names in (("/unified/{model}/{resource}", ["model", "resource"]), ("/proxy/{resource}", ["resource"])):
        paths |= _record_paths(path, names)
    for name in ("sync-job", "sync-job-run", "sync-job-template", "sync-job-cron-trigger", "sync-job-run-state"):
        paths |= _platform_paths(name)
    return {
        "openapi": "3.1.0",
        "info": {"title": "batchctl serve", "version": batchctl.__version__},
        "paths": paths,
        "components": _COMPONENTS,
        "security": [{"token": []}, {}],
    }


def _single_paths() -> dict[str, Any]:
    return {
        "/health": {"get": _operation("Whether the server runs", {"type": "object", "required": ["status"]})},
        "/ping": {"get": _operation("Whether the server answers", {"type": "object"})},
        "/batch-request": {
            "post": _operation("Run a batch", {"type": "object", "required": ["result", "errors"]}, body=_BATCH)
        },
        "/integrated-account": {"get": _listing("Accounts")},
        "/integrated-account/{id}": {"get": _operation("One account", _RECORD, ["id"])},
        "/integrated-account/{id}/capabilities": {"get": _operation("What an account can do", _RECORD, ["id"])},
        "/integrated-account/{id}/tools": {
            "get": _operation("Schemas of an account's methods", {"type": "array", "items": _RECORD}, ["id"])
        },
        "/integration/{name}/capabilities": {"get": _operation("What an integration can do", _RECORD, ["name"])},
        "/log": {"get": _listing("The log")},
        "/unified/{model}/{resource}/meta/{method}": {
            "get": _operation("Schemas of a method", _RECORD, ["model", "resource", "method"], [_ACCOUNT])
        },
    }


def _record_paths(path: str, names: Sequence[str]) -> dict[str, Any]:
    """The operations on the records of an account; ``names`` are the parameters in ``path``."""
    one = [*names, "id"]
    return {
        path: {
            "get": _operation("List records", _PAGE, names, [_ACCOUNT, *_PAGING]),
            "post": _operation("Create a record", _RECORD, names, [_ACCOUNT], _RECORD, "201"),
            "patch": _operation("Update the record whose id is in the body", _RECORD, names, [_ACCOUNT], _WITH_ID),
            "delete": _operation("Delete the record whose id is in the query", _RECORD, names, [_ACCOUNT, _QUERY_ID]),
        },
        f"{path}/{{id}}": {
            "get": _operation("One record", _CUSTOM, one, [_ACCOUNT]),
            "patch": _operation("Update a record", _RECORD, one, [_ACCOUNT], _RECORD),
            "delete": _operation("Delete a record", _RECORD, one, [_ACCOUNT]),
            "post": _operation("A custom method, named in the place of the id", _CUSTOM, one, [_ACCOUNT], _CUSTOM),
        },
    }


def _platform_paths(name: str) -> dict[str, Any]:
    """The operations on a kind of object of the platform itself."""
    return {
        f"/{name}": {
            "get": _listing(f"All of {name}"),
            "post": _operation(f"Create a {name}", _RECORD, body=_RECORD, success="201"),
        },
        f"/{name}/{{id}}": {
            "get": _operation(f"One {name}", _RECORD, ["id"]),
            "patch": _operation(f"Update a {name}", _RECORD, ["id"], body=_RECORD),
            "delete": _operation(f"Delete a {name}", _RECORD, ["id"]),
        },
    }


_BATCH = {
    "type": "object",
    "required": ["integrated_account_id", "resources"],
    "properties": {
        "integrated_account_id": {"type": "string"},
        "args": {"type": "object"},
        "resources": {"type": "array", "minItems": 1, "items": {"type": "object"}},
    },
}
_COMPONENTS: JsonObject = {
    "parameters": {
        "account": {
            "name": "integrated_account_id",
            "in": "query",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
        }
    },
    "schemas": {
        "Error": {
            "type": "object",
            "required": ["statusCode", "error", "message"],
            "properties": {
                "statusCode": {"type": "integer"},
                "error": {"type": "string"},
                "message": {"type": "string"},
            },
        }
    },
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
}
_PAGE = {
    "type": "object",
    "required": ["result", "next_cursor", "prev_cursor", "result_count", "is_partial_response"],
    "properties": {
        "result": {"type": "array"},
        "next_cursor": {"type": ["string", "null"]},
        "prev_cursor": {"type": ["string", "null"]},
        "result_count": {"type": "integer"},
        "is_partial_response": {"type": "boolean"},
    },
}
_PLATFORM_PAGE = {
    "type": "object",
    "required": ["result", "next_cursor", "limit"],
    "properties": {
        "result": {"type": "array"},
        "next_cursor": {"type": ["string", "null"]},
        "limit": {"type": "integer"},
    },
}
_PAGING = (
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1_000_000}},
    {"name": "next_cursor", "in": "query", "schema": {"type": "string"}},
)
_QUERY_ID = {"name": "id", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1}}
_WITH_ID = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}


def _listing(summary: str) -> dict[str, Any]:
    return _operation(summary, _PLATFORM_PAGE, parameters=_PAGING)


def _operation(
    summary: str,
    answer: object,
    path: Sequence[str] = (),
    parameters: Sequence[object] = (),
    body: object = None,
    success: str = "200",
) -> dict[str, Any]:
    """An operation that answers ``success`` with JSON of the schema ``answer``, or an error envelope."""
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in path
    ]
    error = {"description": "An error", "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": [*in_path, *parameters],
        "responses": {
            success: {"description": "Done", "content": {_JSON: {"schema": answer}}},
            **dict.fromkeys(_ERRORS, error),
        },
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": body}}}
    return operation
