"""A sync job: the second kind of definition, with states, events and destinations beside the nodes of a batch.

Runtime 4 has typed nodes. Runtimes 1 to 3 have a flat list of requests and transforms, whose records go to the one
webhook or daemon of the run. Source: Truto's public skills (sync-jobs) and the API reference of sync jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from batchctl.definition.build import sent_node
from batchctl.definition.given import ACCOUNT_COLUMNS
from batchctl.definition.model import BatchDefinition, SyncJob, SyncNode
from batchctl.definition.schema_documents import SYNC_NODES
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.definition.model import Resource
    from batchctl.json_types import DataPath, JsonObject, JsonValue

# What a sync job has and a batch has not.
SIGNS = ("default_runtime_version", "integration_name", "args_validation")
# Keys that the API alone writes: kept in the file, not sent.
READ_ONLY = ("id", "environment_id", "created_at", "updated_at")
# Keys for people and tools, and those that belong to a run of the job.
NOT_SENT = (*READ_ONLY, "kind", "name", "fixtures", "args", "integrated_account_id")
# What Truto takes where the file names no runtime.
DEFAULT_VERSION = 3
# What an error does to a run. Only a run of runtime 2 collects its errors.
FAIL_FAST, IGNORE, BATCH = "fail_fast", "ignore", "batch"
COLLECTING_VERSION = 2
# The one destination of a job without destination nodes.
FLAT = "records"


def sign_of_sync_job(root: JsonObject) -> tuple[DataPath, str] | None:
    """What shows that ``root``, a file's data, is a sync job; None if it is none.

    It is the path in the data and a phrase: ``("kind",), "its kind says so"``.
    """
    if root.get("kind") == "sync-job":
        return ("kind",), "its kind says so"
    for key in SIGNS:
        if key in root:
            return (key,), f'it has "{key}"'
    nodes: JsonValue = root.get("resources")
    for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
        if isinstance(node, dict) and node.get("type") in SYNC_NODES:
            return ("resources", index, "type"), f'it has a node of type "{node["type"]}"'
    return None


def account_arguments(
    args: JsonObject, given: JsonObject, account: str | None, declared: Mapping[str, JsonValue]
) -> JsonObject:
    """``args`` with ``account`` filled in for the arguments that mean the account, unless they are ``given``.

    ``declared`` are the arguments in ``args_schema``, with what it says about each. Those that mean the account are
    called ``account`` or ``integrated_account_id``, or are the only one whose ``format`` is ``integrated_account_id``.
    None as ``account`` changes nothing.
    """
    if account is None:
        return args
    formatted = [
        name
        for name, entry in declared.items()
        if isinstance(entry, dict) and entry.get("format") == "integrated_account_id"
    ]
    names = {*(formatted if len(formatted) == 1 else ()), *(name for name in ACCOUNT_COLUMNS if name in declared)}
    return {**args, **{name: account for name in names if name not in given}}


def sync_job_definition(
    root: JsonObject, args: JsonObject, resources: tuple[Resource, ...], secrets: frozenset[str]
) -> BatchDefinition:
    """The definition of a sync job, from data that fits its schema.

    ``root`` is the file's data, ``args`` the merged arguments, ``resources`` its typed nodes, ``secrets`` the secret
    values in it. ``payload`` of the result is the body of ``POST /sync-job``.
    """
    account = args.get("integrated_account_id") or root.get("integrated_account_id")
    return BatchDefinition(
        integrated_account_id=str(account or ""),
        args=args,
        resources=resources,
        payload=job_body(root),
        name=str(root.get("label") or root.get("name") or "Untitled"),
        description=_text(root, "description"),
        args_schema=cast("JsonObject | None", root.get("args_schema")),
        fixtures=_text(root, "fixtures"),
        secrets=secrets,
        job=job_of(root),
    )


def job_of(root: JsonObject) -> SyncJob:
    """What the sync job in ``root``, a file's data, has beside its nodes; also of a file with errors.

    A key whose value has the wrong type counts as missing.
    """
    version = root.get("default_runtime_version")
    return SyncJob(
        root,
        str(root.get("label") or root.get("name") or "Untitled"),
        version if isinstance(version, int) else DEFAULT_VERSION,
        _text(root, "state_key") or None,
        _text(root, "mutex_key") or None,
        _text(root, "args_validation") or None,
    )


def job_body(root: JsonObject) -> JsonObject:
    """The body of ``POST /sync-job`` for the sync job in ``root``, a file's data.

    Left out are keys for people and tools (``x-…``), those that only the API writes, and those of a run.
    """
    sent = {key: value for key, value in root.items() if key not in NOT_SENT and not key.startswith("x-")}
    nodes = sent.get("resources")
    if isinstance(nodes, list):
        sent["resources"] = [sent_node(node) for node in nodes]
    return sent if "label" in sent or "name" not in root else {"label": root["name"], **sent}


def destinations(nodes: Iterable[Resource]) -> tuple[SyncNode, ...]:
    """The destination nodes among ``nodes``, in their order."""
    return tuple(node for node in nodes if isinstance(node, SyncNode) and node.kind == "destination")


def waiting_nodes(nodes: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The nodes of a sync job with everything that they wait for in ``depends_on``.

    An event ``complete`` or ``error`` is made to wait for every other node, except those that wait for such an event.
    """
    ends = {node.key for node in nodes if is_end_event(node)}
    after = _after(nodes, ends)
    rest = tuple(node.key for node in nodes if node.key not in after)
    return tuple(replace(node, depends_on=rest) if is_end_event(node) else node for node in nodes)


def planned_nodes(definition: BatchDefinition) -> tuple[Resource, ...]:
    """The nodes of a sync job as they run.

    A job of runtime 1 to 3 has no destination nodes: one, called ``records``, is added, which gets the records of all
    nodes that are in its result.
    """
    nodes = definition.resources
    if destinations(nodes) or definition.job is None or definition.job.is_typed:
        return nodes
    kept = tuple(node.key for node in nodes if node.in_result)
    return (*nodes, SyncNode(FLAT, len(nodes), kept, "destination", {"destination_type": "webhook"}))


def is_end_event(node: Resource) -> bool:
    """Whether ``node`` is an event at the end of the run (any but ``start``), which waits for everything before it."""
    return isinstance(node, SyncNode) and node.kind == "event" and node.config.get("name") != "start"


def end_nodes(nodes: Iterable[Resource]) -> frozenset[str]:
    """The keys of the events at the end of the run among ``nodes``, and of all nodes that wait for one of them."""
    found = tuple(nodes)
    return frozenset(_after(found, {node.key for node in found if is_end_event(node)}))


def _after(nodes: tuple[Resource, ...], ends: set[str]) -> set[str]:
    """``ends``, and all nodes that wait for one of them."""
    found = set(ends)
    while more := {node.key for node in nodes if node.key not in found and found.intersection(node.depends_on)}:
        found |= more
    return found


def _text(root: JsonObject, key: str) -> str | None:
    value = root.get(key)
    return value if isinstance(value, str) else None
