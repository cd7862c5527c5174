"""What a node of a definition sees: a local run in which a transform that answers its input stands in its place."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.api_run import run
from batchctl.definition import read
from batchctl.engine.result import Succeeded
from batchctl.errors import DefinitionError, UsageError
from batchctl.files import read_bytes, reader_of
from batchctl.plan.expansion import replaced
from batchctl.plan.loops import NotAnArray, actual_loop, loop_elements, looped_over, read_loop

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue


def inputs_at(place: str, fixtures: Path | None, arguments: JsonObject) -> list[JsonValue]:
    """What the expressions of a node see in a run over fixtures, one item for each time: ``{"args", "resources"}``.

    ``place`` is ``FILE#NAME``: the definition and the node's name; ``fixtures`` is the folder, None for the
    definition's own; ``arguments`` win over those in the file; in a loop the element is in place of the list. Raises
    ``UsageError`` where there is no such node, the file or a node before it fails, or the node is never reached with
    these fixtures: there is at least one item.
    """
    file, _, name = place.rpartition("#")
    if not file or not name:
        raise UsageError("--node is FILE#NAME", hint="such as --node quickstart.yaml#summary")
    found = node_inputs(file, name, fixtures, arguments)
    if not found:
        raise UsageError(f"{name} is never reached with these fixtures")
    return found


def with_arguments(data: JsonValue, arguments: JsonObject) -> JsonValue:
    """``data`` with ``arguments`` below its key ``args``, where they win over those that are there.

    Raises ``UsageError`` where ``data`` is no object, or what is under ``args`` is none.
    """
    if not arguments:
        return data
    below = data.get("args", {}) if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(below, dict):
        raise UsageError("arguments are put below args of an object: the data is none")
    return {**data, "args": {**below, **arguments}}


def node_inputs(file: str, name: str, fixtures: Path | None, arguments: JsonObject) -> list[JsonValue]:
    """What the expressions of the node ``name`` see in a run of ``file`` over fixtures, one item for each time.

    An item is an object with ``args`` and ``resources``; in a loop the element is in place of the list. Empty where the
    node is never reached. ``fixtures`` is the folder, None for the definition's own; ``arguments`` win over those in
    the file. Raises ``UsageError`` where there is no such node, or the file or a node before it fails.
    """
    definition = read(read_bytes(file), file=file, read_file=reader_of(file)).source.data
    resources = definition.get("resources") if isinstance(definition, dict) else None
    if not isinstance(definition, dict) or not isinstance(resources, list):
        raise UsageError(f"{file} is no definition")
    node = next((each for each in resources if isinstance(each, dict) and name in _names(each)), None)
    if node is None:
        raise UsageError(f"{file} has no node {name}")
    if "depends_on" not in node:
        own = definition.get("args")
        return _turns(node, {"args": {**(own if isinstance(own, dict) else {}), **arguments}, "resources": {}})
    definition["resources"] = [_watched(node, name) if each is node else each for each in resources]
    folder = fixtures or Path(file).parent / str(definition.pop("fixtures", "fixtures"))
    with tempfile.TemporaryDirectory(prefix="batchctl-") as place:
        copy = Path(place) / "watched.batch.json"
        copy.write_text(json.dumps(definition), "utf-8")
        try:
            result = run(copy, executor="local", fixtures=folder, args=arguments, only=[name], allow_unused=True)
        except DefinitionError as error:
            raise UsageError(
                f"{file} has errors, or {name} can't be reached", hint=f"batchctl validate {shlex.quote(str(file))}"
            ) from error
        outcome = result.outcomes.get(name)
        if not isinstance(outcome, Succeeded):
            raise UsageError(
                f"what comes before {name} fails with these fixtures",
                hint=f"batchctl run {shlex.quote(str(file))} --local",
            )
        return [turn for seen in outcome.records if isinstance(seen, dict) for turn in _turns(node, seen)]


def _turns(node: JsonObject, data: JsonObject) -> list[JsonValue]:
    """What the node sees each time: with ``loop_on`` one element after the other where the array was."""
    written = node.get("loop_on")
    loop = read_loop(written if isinstance(written, str) else None)
    args = data.get("args")
    if loop is None:
        return [data]
    loop = actual_loop(loop, args if isinstance(args, dict) else {}, data)
    try:
        elements = loop_elements(loop, looped_over(loop, data).value)
    except NotAnArray as error:
        raise UsageError(str(error)) from None
    return [replaced(data, loop.segments, element) for element in elements]


def _names(node: JsonObject) -> set[JsonValue]:
    return {each for each in (node.get("name"), node.get("resource")) if isinstance(each, str)}


def _watched(node: JsonObject, name: str) -> JsonObject:
    """A transform in the place of a node, whose records are what the node's expressions see."""
    return {
        "name": name,
        "type": "transform",
        "persist": True,
        "depends_on": node["depends_on"],
        "config": {"expression": "$"},
    }
