"""A sync job: the second kind of definition, with states, events and destinations beside the nodes of a batch.

Runtime 4 has typed nodes. Runtimes 1 to 3 have a flat list of requests and transforms, whose records go to the one
webhook or daemon of the run. Source: Truto's public skills (sync-jobs) and the API reference of sync jobs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from batchctl.definition.build import build_resource
from batchctl.definition.model import Request, SyncNode
from batchctl.definition.shape import check_resource, resource_key
from batchctl.diagnostics.kinds import problem
from batchctl.diagnostics.spelling import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource, SyncKind
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source

# What a sync job has and a batch has not.
SIGNS = ("default_runtime_version", "integration_name", "args_validation")
# Keys that the API alone writes: kept in the file, not sent.
READ_ONLY = ("id", "environment_id", "created_at", "updated_at")
_TOP = (
    "kind", "name", "label", "description", "integration_name", "default_runtime_version", "args", "args_schema",
    "args_validation", "mutex_key", "state_key", "resources", "fixtures", "sharing",
    "integrated_account_id", *READ_ONLY,
)  # fmt: skip
_COMMON = ("name", "type", "depends_on", "run_if", "debug")
# The kinds that only a sync job has, with their keys and those of ``config``; the last are required there.
_KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "get_state": (("config",), ("key", "default"), ("key",)),
    "update_state": (("config",), ("key", "value", "value_expression"), ("key",)),
    "delete_state": (("config",), ("key",), ("key",)),
    "event": (("config",), ("name",), ("name",)),
    "destination": (
        ("config", "destination_type", "resources_to_persist", "method", "loop_on"),
        ("id", "config", "method", "upload_type"),
        (),
    ),
}
EVENTS = ("start", "complete", "error")
DESTINATIONS = ("webhook", "datastore", "superquery")


@dataclass(frozen=True, slots=True)
class SyncJob:
    """A sync job that can be run. ``data`` is the file as it is written, variables filled in."""

    resources: tuple[Resource, ...]
    data: JsonObject
    label: str
    version: int
    state_key: str | None = None
    mutex_key: str | None = None
    args_validation: str | None = None

    @property
    def is_flat(self) -> bool:
        """Whether it is of a runtime before 4, whose records go to the one webhook or daemon of the run."""
        return not any(isinstance(node, SyncNode) and node.kind == "destination" for node in self.resources)

    @property
    def destinations(self) -> tuple[SyncNode, ...]:
        """Its destination nodes."""
        return tuple(node for node in self.resources if isinstance(node, SyncNode) and node.kind == "destination")

    def body(self) -> JsonObject:
        """What ``POST /sync-job`` gets: no keys for people and tools, none that only the API writes."""
        left = (*READ_ONLY, "kind", "name", "fixtures", "args")
        sent = {key: value for key, value in self.data.items() if key not in left and not key.startswith("x-")}
        return sent if "label" in sent or "name" not in self.data else {"label": self.data["name"], **sent}


def sign_of_sync_job(root: JsonObject) -> tuple[DataPath, str] | None:
    """Where a mapping says that it is a sync job, and how; None for one that does not."""
    if root.get("kind") == "sync-job":
        return ("kind",), "its kind says so"
    for key in SIGNS:
        if key in root:
            return (key,), f'it has "{key}"'
    nodes: JsonValue = root.get("resources")
    for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
        if isinstance(node, dict) and node.get("type") in _KINDS:
            return ("resources", index, "type"), f'it has a node of type "{node["type"]}"'
    return None


def read_sync_job(root: JsonObject, source: Source) -> tuple[SyncJob | None, list[Diagnostic]]:
    """The job, if it can be run, and what is wrong with it."""
    reader = _Reader(root, source)
    reader.read()
    errors = [found for found in reader.problems if found.severity.value == "error"]
    return (None if errors else reader.job()), reader.problems


class _Reader:
    """Reads one job; problems and nodes gather on the way."""

    def __init__(self, root: JsonObject, source: Source) -> None:
        self.problems: list[Diagnostic] = []
        self._root = root
        self._source = source
        self._nodes: list[Resource] = []

    def read(self) -> None:
        """Look at everything."""
        self._keys(self._root, (), _TOP, "a sync job")
        version = self._root.get("default_runtime_version", 3)
        if version not in (1, 2, 3, 4) or isinstance(version, bool):
            self._wrong("invalid-value", ("default_runtime_version",), "the runtime version must be 1, 2, 3 or 4")
        for key in ("label", "name", "state_key", "mutex_key", "args_validation", "integration_name"):
            if self._root.get(key) is not None and not isinstance(self._root[key], str):
                self._wrong("wrong-type", (key,), f'"{key}" must be text')
        resources = self._root.get("resources")
        if not isinstance(resources, list) or not resources:
            self._wrong("missing-key", (), 'a sync job needs "resources", a list of at least one node')
            return
        for index, node in enumerate(resources):
            self._node(index, node)
        self._check_names()

    def job(self) -> SyncJob:
        """The job, when nothing is wrong."""
        root = self._root
        version = root.get("default_runtime_version", 3)
        return SyncJob(
            tuple(self._with_dependencies()),
            root,
            str(root.get("label") or root.get("name") or "Untitled"),
            version if isinstance(version, int) else 3,
            cast("str | None", root.get("state_key")),
            cast("str | None", root.get("mutex_key")),
            cast("str | None", root.get("args_validation")),
        )

    def _node(self, index: int, node: JsonValue) -> None:
        path: DataPath = ("resources", index)
        kind = node.get("type") if isinstance(node, dict) else None
        if not isinstance(node, dict) or kind not in _KINDS:
            self._batch_node(index, node, path)
            return
        keys, config_keys, required = _KINDS[str(kind)]
        self._keys(node, path, (*_COMMON, *keys), f"a node of type {kind}")
        if not isinstance(node.get("name"), str) or not node["name"]:
            self._wrong("missing-key", path, f'a node of type {kind} needs a "name"')
        config = node.get("config", {})
        if not isinstance(config, dict):
            self._wrong("wrong-type", (*path, "config"), '"config" must be a mapping')
            return
        self._keys(config, (*path, "config"), config_keys, f"the config of {kind}")
        for key in required:
            if key not in config:
                self._wrong("missing-key", path, f'the config of {kind} needs "{key}"')
        if kind == "event" and "name" in config and config["name"] not in EVENTS:
            self._wrong("invalid-value", (*path, "config", "name"), f"an event is {', '.join(EVENTS)}")
        if kind == "destination":
            self._destination(node, path)
        own: JsonObject = {**node, **config} if kind != "destination" else node
        depends_on = _names(node.get("depends_on")) + _names(node.get("resources_to_persist"))
        run_if = node.get("run_if")
        self._nodes.append(
            SyncNode(
                resource_key(node) or "",
                index,
                tuple(dict.fromkeys(depends_on)),
                cast("SyncKind", kind),
                own,
                run_if=run_if if isinstance(run_if, str) else None,
            )
        )

    def _destination(self, node: JsonObject, path: DataPath) -> None:
        kind = node.get("destination_type")
        if kind not in DESTINATIONS:
            wrong = "missing-key" if kind is None else "invalid-value"
            self._wrong(wrong, path, f'the "destination_type" of a destination is {", ".join(DESTINATIONS)}')
        if not _names(node.get("resources_to_persist")):
            message = 'a destination needs "resources_to_persist", the nodes whose records it gets'
            self._wrong("missing-key", path, message)

    def _batch_node(self, index: int, node: JsonValue, path: DataPath) -> None:
        """A node of a kind that batches have, too; a request may say its own account."""
        if isinstance(node, dict) and isinstance(node.get("type"), str) and node["type"] not in _OF_BATCHES:
            known = (*_OF_BATCHES, *_KINDS)
            meant = closest(str(node["type"]), known)
            advice = f'did you mean "{meant}"?' if meant else f"one of {', '.join(known)}"
            self._wrong("unsupported-kind", (*path, "type"), f'there is no node of type "{node["type"]}"', advice)
            return
        account = node.get("integrated_account_id") if isinstance(node, dict) else None
        without = (
            {key: v for key, v in node.items() if key != "integrated_account_id"} if isinstance(node, dict) else node
        )
        kind, found = check_resource(without, path, self._source)
        self.problems.extend(found)
        if kind is None or not isinstance(without, dict):
            return
        built = build_resource(index, kind, without)
        if isinstance(built, Request) and isinstance(account, str):
            built = replace(built, account=account)
        self._nodes.append(built)

    def _check_names(self) -> None:
        seen: dict[str, Resource] = {}
        for node in self._nodes:
            if node.key in seen:
                self._wrong("duplicate-name", ("resources", node.index), f'two nodes are called "{node.key}"')
            seen.setdefault(node.key, node)
        known = {*seen, *(node.resource for node in self._nodes if isinstance(node, Request))}
        for node in self._nodes:
            for name in node.depends_on:
                if name not in known:
                    meant = closest(name, tuple(known))
                    advice = f'did you mean "{meant}"?' if meant else None
                    self._wrong("unknown-dependency", ("resources", node.index), f'there is no node "{name}"', advice)

    def _with_dependencies(self) -> Iterator[Resource]:
        """The nodes, of which an event ``complete`` or ``error`` waits for all that does not wait for such an event."""
        after = self._after_events()
        rest = tuple(node.key for node in self._nodes if node.key not in after)
        for node in self._nodes:
            if isinstance(node, SyncNode) and node.kind == "event" and node.config.get("name") != "start":
                yield replace(node, depends_on=rest)
            else:
                yield node

    def _after_events(self) -> set[str]:
        ends = {
            node.key
            for node in self._nodes
            if isinstance(node, SyncNode) and node.kind == "event" and node.config.get("name") != "start"
        }
        grown = True
        while grown:
            more = {node.key for node in self._nodes if node.key not in ends and ends.intersection(node.depends_on)}
            ends |= more
            grown = bool(more)
        return ends

    def _keys(self, data: JsonObject, path: DataPath, known: tuple[str, ...], what: str) -> None:
        for key in data:
            if key not in known and not key.startswith("x-"):
                meant = closest(key, known)
                advice = f'did you mean "{meant}"?' if meant else None
                self._wrong("unknown-key", (*path, key), f'{what} has no key "{key}"', advice)

    def _wrong(self, kind: str, path: DataPath, message: str, advice: str | None = None) -> None:
        self.problems.append(problem(kind, message, self._source.span(path), help=advice, path=path))


_OF_BATCHES = ("request", "spool", "transform", "add_context")


def _names(value: JsonValue) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()
