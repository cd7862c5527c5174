"""A preview as the JSON of ``dry-run --format json``; its shape is part of the documented surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Transform
from batchctl.plan.calls import call_path
from batchctl.plan.query_string import encode_keeping_placeholders, query_string
from batchctl.render.diagnostics import diagnostic_json
from batchctl.render.words import node_kind

if TYPE_CHECKING:
    from batchctl.definition.model import JsonObject, Resource
    from batchctl.diagnostics import Diagnostic
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import Preview, PreviewedResource

FORMAT_VERSION = "1.0"


def preview_json(preview: Preview, *, file: str, api_url: str, diagnostics: tuple[Diagnostic, ...] = ()) -> JsonObject:
    """The whole preview; URLs start with ``api_url``."""
    definition = preview.plan.definition
    return {
        "format_version": FORMAT_VERSION,
        "file": file,
        "integrated_account_id": definition.integrated_account_id,
        "args": definition.args,
        "summary": {
            "resources": len(preview.resources),
            "requests": preview.requests,
            "complete": preview.complete,
            "writes": preview.writes,
        },
        "waves": [list(wave) for wave in preview.plan.waves],
        "resources": [
            _resource_json(resource, api_url, definition.integrated_account_id) for resource in preview.resources
        ],
        "diagnostics": [diagnostic_json(diagnostic, file) for diagnostic in diagnostics],
    }


def request_path(request: Expanded) -> str:
    """The path of a request; a placeholder that is not known yet stands as its own text."""
    call = request.call
    return call_path(call.resource, call.method, call.id, encode_keeping_placeholders)


def _resource_json(resource: PreviewedResource, api_url: str, account: str) -> JsonObject:
    node = resource.step.node
    return {
        "name": node.key,
        "kind": node_kind(node),
        **({"resource": node.resource} if isinstance(node, Request) else {}),
        **({"expression": node.expression} if isinstance(node, Transform | AddContext) else {}),
        "depends_on": list(resource.step.parents),
        "wave": resource.step.wave,
        "repeats": [{"over": repeat.over, "count": repeat.count} for repeat in resource.repeats],
        "requests": [_request_json(node, request, api_url, account) for request in resource.requests],
    }


def _request_json(node: Resource, request: Expanded, api_url: str, account: str) -> JsonObject:
    call, path = request.call, request_path(request)
    query = query_string({"integrated_account_id": account, **call.query}, keep_placeholders=True)
    return {
        "method": call.http_method,
        "path": path,
        "url": f"{api_url.rstrip('/')}{path}?{query}",
        "query": getattr(node, "query", None) if "query" in request.expressions else call.query,
        "body": getattr(node, "body", None) if "body" in request.expressions else call.body,
        "unresolved": list(dict.fromkeys(reference.alternatives[0].path for reference in request.unresolved)),
        "bindings": dict(request.bindings),
    }
