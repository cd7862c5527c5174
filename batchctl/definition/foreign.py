"""Files that are something else than a batch, and say so themselves: a curl command, an HTTP request, a sync job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import problem

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source
    from batchctl.yaml12.text import Text

_COMMAND = re.compile(r"(?:\s|#.*\n)*(?:[$>]\s+)?(curl(?:\.exe)?)\s+(?=[-'\"\\h]|\w+\.)")
_HTTP = re.compile(r"(?:\s|#.*\n|//.*\n)*((?:GET|POST|PUT|PATCH|DELETE)\s+https?://)")
# What a sync job has and a batch has not.
_SYNC_KEYS = ("default_runtime_version", "integration_name", "args_validation")
_SYNC_TYPES = ("destination", "event", "get_state", "update_state", "delete_state")
_SYNC_ADVICE = "a batch has integrated_account_id on top, and no state, event or destination nodes"


def foreign_text(text: Text) -> Diagnostic | None:
    """What ``text`` is, where it is a request and no definition."""
    for pattern, what in ((_COMMAND, "a curl command"), (_HTTP, "an HTTP request")):
        found = pattern.match(text)
        if found:
            advice = "batchctl new NAME --from FILE makes a definition of it"
            return problem("not-a-batch", f"this is {what}, not a batch", text.span(*found.span(1)), help=advice)
    return None


def foreign_definition(root: JsonObject, source: Source) -> Diagnostic | None:
    """What a mapping is, where it is a sync job: a file with ``integrated_account_id`` on top is a batch."""
    found = None if "integrated_account_id" in root else _sign_of_sync_job(root)
    if found is None:
        return None
    path, what = found
    return problem(
        "not-a-batch", f"this is a sync job, not a batch: {what}", source.key_span(path), help=_SYNC_ADVICE, path=path
    )


def _sign_of_sync_job(root: JsonObject) -> tuple[DataPath, str] | None:
    if root.get("kind") == "sync-job":
        return ("kind",), "its kind says so"
    for key in _SYNC_KEYS:
        if key in root:
            return (key,), f'it has "{key}"'
    nodes: JsonValue = root.get("resources")
    for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
        if isinstance(node, dict) and node.get("type") in _SYNC_TYPES:
            return ("resources", index, "type"), f'it has a node of type "{node["type"]}"'
    return None
