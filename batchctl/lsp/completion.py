"""What could come next: keys, kinds, resources, names, paths of placeholders, types, functions."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, SyncNode
from batchctl.expression import FUNCTIONS
from batchctl.json_types import value_at
from batchctl.lsp.names import kind_of
from batchctl.lsp.shapes import fields, kinds, shape_at
from batchctl.plan.reads import address
from batchctl.structs import Struct
from batchctl.template.casts import KNOWN_TYPES
from batchctl.truto.calls import STANDARD_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.definition.model import Resource
    from batchctl.json_types import DataPath, JsonValue
    from batchctl.lsp.cursor import Cursor
    from batchctl.lsp.document import Document


class ProposalKind(StrEnum):
    """What a proposal completes, by which an editor chooses its icon.

    ``KEY`` is a key of the definition, ``VALUE`` a value, ``NODE`` the name of a node, ``FUNCTION`` a function of
    expressions. ``FIELD`` is a step of a placeholder's path, such as an argument or a record's field.
    """

    KEY = "key"
    VALUE = "value"
    NODE = "node"
    FIELD = "field"
    FUNCTION = "function"


class Proposal(Struct, frozen=True):
    """One completion that an editor offers: ``label`` replaces the word before the cursor.

    ``detail`` explains it in a few words beside the label, ``text`` at length.
    """

    label: str
    kind: ProposalKind
    detail: str = ""
    text: str = ""


def complete(document: Document, cursor: Cursor) -> tuple[Proposal, ...]:
    """The completions at the cursor, best first; empty for none. The editor filters them by what has been typed."""
    known = document.known
    if cursor.placeholder is not None:
        return tuple(_in_placeholder(known, cursor))
    if cursor.function is not None and _is_expression(cursor):
        return tuple(_functions())
    keys = tuple(_keys(known, cursor.path)) if cursor.key else ()
    # An item of a list may be a value as well as the beginning of a mapping.
    is_item = isinstance(cursor.path[-1] if cursor.path else None, int)
    return keys if keys or (cursor.key and not is_item) else tuple(_values(known, cursor.path))


def _keys(document: Document, path: DataPath) -> Iterator[Proposal]:
    """The keys of the mapping at ``path`` that it does not have yet."""
    present = value_at(document.data, path)
    for name, described in fields(shape_at(document.data, path, document.kind)).items():
        if not isinstance(present, dict) or name not in present:
            title, text = str(described.get("title", "")), str(described.get("description", ""))
            yield Proposal(name, ProposalKind.KEY, title, text)


def _values(document: Document, path: DataPath) -> Iterator[Proposal]:
    field = path[-1] if path else None
    if isinstance(field, int) and len(path) > 1:
        field = path[-2]
    node = node_at(document, path)
    if field == "depends_on":
        yield from _others(document, node, path)
    elif field == "resources_to_persist":
        yield from (each for each in _others(document, node, path) if _has_records(document.nodes[each.label]))
    elif field == "resource":
        offered = document.given.capabilities
        known = [
            *document.records.resources,
            *(offered.resources if offered else ()),
            *(each.resource for each in document.nodes.values() if isinstance(each, Request)),
        ]
        yield from (Proposal(name, ProposalKind.VALUE) for name in dict.fromkeys(known))
    elif field == "method":
        yield from (Proposal(name, ProposalKind.VALUE) for name in dict.fromkeys(_method_names(document, node)))
    elif field == "type" and len(path) == 3:
        yield from (Proposal(name, ProposalKind.VALUE) for name in kinds(document.kind))
    elif field == "loop_on":
        lists = [name for name, value in document.args.items() if isinstance(value, list)]
        yield from (Proposal(f"args.{name}", ProposalKind.FIELD) for name in lists)
        if isinstance(node, SyncNode):
            yield Proposal("payload.records", ProposalKind.FIELD, "each record by itself")
    else:
        shape = shape_at(document.data, path, document.kind)
        choices = shape.get("enum") or ([True, False] if shape.get("type") == "boolean" else [])
        for value in choices if isinstance(choices, list) else []:
            yield Proposal(value if isinstance(value, str) else json.dumps(value), ProposalKind.VALUE)


def _method_names(document: Document, node: Resource | None) -> Iterator[str]:
    """Of a resource in a snapshot of the account's capabilities those that it has, else all that may be."""
    offered = document.given.capabilities
    if not isinstance(node, Request):
        yield from STANDARD_METHODS
    elif offered is not None and node.resource in offered.resources:
        yield from offered.resources[node.resource].methods
    else:
        yield from STANDARD_METHODS
        yield from document.records.methods(node.resource)


def _others(document: Document, node: Resource | None, path: DataPath) -> Iterator[Proposal]:
    """Every other resource that does not wait for this one."""
    own = node.key if node is not None else _name_in(document, path)
    for key, other in document.nodes.items():
        if key != own and own not in set(document.graph.ancestors(key)):
            yield Proposal(key, ProposalKind.NODE, other.resource if isinstance(other, Request) else kind_of(other))


def _has_records(node: Resource) -> bool:
    return not isinstance(node, AddContext | SyncNode)


def _in_placeholder(document: Document, cursor: Cursor) -> Iterator[Proposal]:
    path, colon, _ = cursor.placeholder.rpartition(":") if cursor.placeholder else ("", "", "")
    if colon and not path.endswith("?"):
        yield from (Proposal(name, ProposalKind.VALUE, "type") for name in sorted(KNOWN_TYPES))
        return
    text = (cursor.placeholder or "").rpartition("|")[2].rpartition("?:")[2].strip()
    steps = tuple(text.split(".")[:-1])
    if not steps:
        yield Proposal("args", ProposalKind.FIELD, "arguments")
        yield Proposal("resources", ProposalKind.FIELD, "records of resources before this one")
        yield from _roots_of_run(document, node_at(document, cursor.path))
    elif steps[0] == "args":
        args = document.redactor.data(document.args)
        yield from _keys_of(args, steps[1:], document.loaded.declared)
    elif steps[0] == "resources":
        yield from _record_steps(document, node_at(document, cursor.path), steps[1:])


def _roots_of_run(document: Document, node: Resource | None) -> Iterator[Proposal]:
    """What a sync job can read beside that."""
    if document.kind == "sync-job":
        yield Proposal("previous_run_date", ProposalKind.FIELD, "when the last complete run began")
    if isinstance(node, SyncNode) and node.kind == "destination":
        yield Proposal("payload", ProposalKind.FIELD, "the page that it gets: payload.records")


def _keys_of(value: JsonValue, steps: Sequence[str], declared: Iterable[str]) -> Iterator[Proposal]:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    known = value if isinstance(value, dict) else {}
    for name, item in known.items():
        yield Proposal(name, ProposalKind.FIELD, json.dumps(item, ensure_ascii=False)[:60])
    for name in sorted(declared) if not steps else ():
        if name not in known:
            yield Proposal(name, ProposalKind.FIELD, "declared")


def _record_steps(document: Document, node: Resource | None, steps: tuple[str, ...]) -> Iterator[Proposal]:
    """The next step of a path below ``resources``: of the address of an ancestor, or of its records."""
    keys = document.graph.ancestors(node.key) if node is not None and node.key in document.nodes else document.nodes
    found: dict[str, Proposal] = {}
    for key in keys:
        other = document.nodes[key]
        if isinstance(other, AddContext) or (isinstance(other, SyncNode) and other.kind != "get_state"):
            continue
        place = address(other)
        if len(steps) < len(place) and place[: len(steps)] == steps:
            found.setdefault(place[len(steps)], Proposal(place[len(steps)], ProposalKind.NODE, key))
        elif steps == place and isinstance(other, SyncNode):
            if other.kind == "get_state":
                found.setdefault(
                    "value", Proposal("value", ProposalKind.FIELD, "what the state holds, else its default")
                )
        elif steps[: len(place)] == place and isinstance(other, Request):
            for name in document.records.fields(other.resource, steps[len(place) :]):
                found.setdefault(name, Proposal(name, ProposalKind.FIELD, other.resource))
    yield from found.values()
    yield from (each for each in _steps_added(document, node, steps) if each.label not in found)


def _steps_added(document: Document, node: Resource | None, steps: tuple[str, ...]) -> Iterator[Proposal]:
    """The same for what add_context nodes made: their names, and below these the keys that are known."""
    readable = document.graph.values
    if node is not None and node.key in document.nodes:
        readable = {key: readable[key] for key in document.graph.contexts(node.key) if key in readable}
    if not steps:
        yield from (Proposal(key, ProposalKind.NODE, "add_context") for key in readable)
    elif len(steps) == 1 and steps[0] in readable:
        members = document.subject.records.members(("resources", *steps))
        yield from (Proposal(name, ProposalKind.FIELD, steps[0]) for name in members or ())


def _functions() -> Iterator[Proposal]:
    for name, info in sorted(FUNCTIONS.items()):
        note = "" if info.local else "Truto alone evaluates it; batchctl does not."
        yield Proposal(f"${name}", ProposalKind.FUNCTION, info.usage, note)


def _is_expression(cursor: Cursor) -> bool:
    fields = cursor.path[2:] if cursor.path[:1] == ("resources",) else cursor.path
    return fields in (("config", "expression"), ("run_if",), ("query",), ("body",)) or (
        fields[-1:] in (("expression",), ("value_expression",))
    )


def node_at(document: Document, path: DataPath) -> Resource | None:
    """The resource that is written at ``path`` or around it; None for a path outside of resources."""
    if len(path) < 2 or path[0] != "resources":
        return None
    return next((node for node in document.own_resources if node.index - document.own.resources == path[1]), None)


def _name_in(document: Document, path: DataPath) -> str | None:
    item = value_at(document.data, path[:2])
    name = item.get("name") or item.get("resource") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None
