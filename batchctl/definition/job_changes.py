"""What differs between two sync jobs, path by path, and the body that makes one into the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.schema import known_keys
from batchctl.definition.sync_job import NOT_SENT
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import DataPath, JsonObject, JsonValue


class Change(Struct, frozen=True):
    """One place where two sync jobs differ: its path, and the values there; None where one has no value.

    In the path a node is its name (without one its ``resource``) instead of its index (``("resources", "contacts",
    "query")``).
    """

    path: DataPath
    before: JsonValue
    after: JsonValue


def writable(job: JsonObject) -> JsonObject:
    """The keys of ``job``, as Truto's API returns it, that a definition can have, without those that are null."""
    keys = [key for key in known_keys("definition", "sync-job") if key not in NOT_SENT]
    return {key: job[key] for key in keys if job.get(key) is not None}


def update_body(theirs: JsonObject, ours: JsonObject) -> JsonObject:
    """The body of ``PATCH`` that turns ``theirs``, the job in Truto, into ``ours``, the body of ``POST`` for it.

    It has all keys of ``ours``, and null for those that are to be removed.
    """
    gone = {key: None for key in writable(theirs) if key not in ours}
    return {**ours, **gone}


def changes(before: JsonObject, after: JsonObject) -> tuple[Change, ...]:
    """The places where two bodies of ``POST /sync-job`` differ, in the order of ``before``, then of ``after``.

    Nodes are compared by name; the same nodes in another order are one change of ``resources``.
    """
    return tuple(_changed(_by_name(before), _by_name(after), ()))


def _by_name(body: JsonObject) -> JsonObject:
    nodes = body.get("resources")
    if not isinstance(nodes, list):
        return body
    named: JsonObject = {}
    for number, node in enumerate(nodes):
        name = node.get("name") or node.get("resource") if isinstance(node, dict) else None
        key = str(name) if name is not None else str(number)
        named[key if key not in named else f"{key} ({number})"] = node
    return {**body, "resources": named}


def _changed(before: JsonValue, after: JsonValue, path: DataPath) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _changed(before.get(key), after.get(key), (*path, key))
        if path == ("resources",) and [*before] != [*after] and {*before} == {*after}:
            yield Change(("resources",), [*before], [*after])
    elif before != after or type(before) is not type(after):
        yield Change(path, before, after)
