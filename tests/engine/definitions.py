"""Random definitions over random records, for holding the engine against the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[Any], Any]

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
RESOURCES = ["m/people", "m/teams", "leaves", "blocks"]
IDS = ["1", "2", "3", "4", "5"]


@st.composite
def tables(draw: Draw) -> dict[str, list[Any]]:
    """Records by resource, each with a link to another record, a list and a flag."""
    return {resource: draw(_records()) for resource in RESOURCES}


def _records() -> st.SearchStrategy[list[Any]]:
    record = st.fixed_dictionaries(
        {
            "id": st.sampled_from(IDS),
            "up": st.sampled_from(IDS),
            "more": st.booleans(),
            "v": st.integers(0, 3),
            "tags": st.lists(st.sampled_from(IDS), max_size=2),
        }
    )
    return st.lists(record, max_size=5, unique_by=lambda record: record["id"])


@st.composite
def definitions(draw: Draw) -> dict[str, Any]:
    """Nodes that stand behind their parents, with every kind and almost every key."""
    nodes: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["request"] * 4 + ["transform", "transform", "spool", "add_context"]))
        node: dict[str, Any] = {"name": f"n{number}"}
        if nodes:
            names = [node["name"] for node in nodes]
            fewest = draw(st.integers(0, 3)) > 0 if kind == "add_context" else 0
            parents = draw(st.lists(st.sampled_from(names), min_size=fewest, max_size=2, unique=True))
            if parents:
                node["depends_on"] = parents[0] if len(parents) == 1 and draw(st.booleans()) else parents
        if kind != "request":
            node["type"] = kind
        paths = _paths(nodes, node)
        _FILL[kind](draw, node, paths)
        added = _added(nodes, node)
        if added and draw(st.integers(0, 2)):
            _read_added(draw, node, draw(st.sampled_from(added)))
        if draw(st.integers(0, 5)) == 0:
            node["run_if"] = draw(st.sampled_from(["args.yes", "args.no", *(f"{path}.v > 1" for path in paths)]))
        if draw(st.booleans()):
            node["persist"] = True
        nodes.append(node)
    return {
        "integrated_account_id": ACCOUNT,
        "args": {"ids": ["1", "2"], "yes": True, "no": False, "limit": 3},
        "resources": nodes,
    }


def _paths(nodes: list[dict[str, Any]], node: dict[str, Any]) -> list[str]:
    """Where the records of all ancestors stand."""
    by_name = {other["name"]: other for other in nodes}
    pending = node.get("depends_on", [])
    pending = [pending] if isinstance(pending, str) else list(pending)
    found: list[str] = []
    while pending:
        other = by_name[pending.pop(0)]
        if other.get("type") != "add_context":
            found.append("resources." + other.get("resource", other["name"]).replace("/", "."))
        above = other.get("depends_on", [])
        pending += [above] if isinstance(above, str) else above
    return list(dict.fromkeys(found))


def _added(nodes: list[dict[str, Any]], node: dict[str, Any]) -> list[dict[str, Any]]:
    """The add_context nodes that the node may read: those before it, and those beside it in the file."""
    by_name = {other["name"]: other for other in nodes}
    before: set[str] = set()
    pending = _parents(node)
    while pending:
        name = pending.pop()
        before.add(name)
        pending += _parents(by_name[name])
    added = [each for each in nodes if each.get("type") == "add_context"]
    return [each for each in added if each["name"] in before or set(_parents(each)) <= before]


def _parents(node: dict[str, Any]) -> list[str]:
    written = node.get("depends_on", [])
    return [written] if isinstance(written, str) else list(written)


def _read_added(draw: Draw, node: dict[str, Any], context: dict[str, Any]) -> None:
    """Have the node read what an add_context made."""
    kind, path = node.get("type", "request"), f"resources.{context['name']}"
    own = [name for name in ("who", "found", "limit") if name in context["config"]["expression"]]
    key = draw(st.sampled_from([*own, "who"]))
    if kind in ("transform", "add_context"):
        choices = [f'{{"who": {path}.{key}, "found": {path}.found}}', f"{path}.who", f"$merge([{path}, {{'id': '9'}}])"]
        node["config"] = {"expression": draw(st.sampled_from(choices))}
    elif kind == "request" and isinstance(node.get("query", {}), dict) and draw(st.integers(0, 3)):
        read = draw(st.sampled_from([f"{{{{{path}.{key}?:none}}}}", f"{{{{{path}.{key}}}}}"]))
        node["query"] = {**node.get("query", {}), "added": read}
    elif kind == "request":
        node["query"] = f'{{"up": {path}.{key}, "limit": 2}}'


def _request(draw: Draw, node: dict[str, Any], paths: list[str]) -> None:
    node["resource"] = draw(st.sampled_from(RESOURCES))
    own = "resources." + node["resource"].replace("/", ".")
    node["method"] = draw(st.sampled_from(["list", "list", "get"]))
    path = draw(st.sampled_from(paths)) if paths else None
    if node["method"] == "get":
        choices = ["1", "{{args.ids}}"] + ([f"{{{{{path}.up}}}}"] if path else [])
        node["id"] = draw(st.sampled_from(choices))
    query: dict[str, Any] = draw(st.sampled_from([{}, {"limit": 1}, {"limit": "{{args.limit:int}}"}]))
    if path and draw(st.booleans()):
        query = {**query, "up": f"{{{{{path}.id}}}}"}
    if len(paths) > 1 and draw(st.integers(0, 3)) == 0:
        query = {**query, "other": f"{{{{{paths[1]}.id}}}}"}
    if draw(st.integers(0, 4)) == 0:
        query = {**query, "who": draw(st.sampled_from(["{{who?:none}}", "{{found?:none}}"]))}
    if query:
        node["query"] = query
    if path and draw(st.integers(0, 5)) == 0:
        node["query"] = f'{{"up": {path}.up, "limit": 2}}'
    if draw(st.integers(0, 3)) == 0:
        loops = ["ids", "args.ids", "{{args.ids}}", "args.limit"] + ([f"{path}.tags", path] if path else [])
        node["loop_on"] = draw(st.sampled_from(loops))
    if node["method"] == "list" and draw(st.integers(0, 2)) == 0:
        node["recurse"] = {"if": f"{{{{{own}.more:bool}}}}", "config": {"query": {"up": f"{{{{{own}.id}}}}"}}}
    if draw(st.integers(0, 5)) == 0:
        node["response_format"] = "raw"


def _transform(draw: Draw, node: dict[str, Any], paths: list[str]) -> None:
    choices = ["args.ids", "null", "$nothing", '{"fixed": 1}', "1 + args.ids", "resources.*.*.id"]
    for path in paths:
        choices += [f"$count({path})", f'{path}.{{"id": id, "up": up, "v": v}}', f"{path}[v > 1]", f"$sum({path}.v)"]
    if len(paths) > 1:
        choices.append(f'{{"a": {paths[0]}.id, "b": {paths[1]}.id}}')
    node["config"] = {"expression": draw(st.sampled_from(choices))}


def _spool(draw: Draw, node: dict[str, Any], paths: list[str]) -> None:
    """Nothing of its own."""


def _add_context(draw: Draw, node: dict[str, Any], paths: list[str]) -> None:
    choices = ['{"limit": 2}', "null", "5", '{"found": 7}']
    for path in paths:
        choices += [
            f'{{"found": $count({path})}}',
            f'{{"who": {path}.id, "more": who}}',
            f'{path}[v > 1].{{"who": up}}',
        ]
    node["config"] = {"expression": draw(st.sampled_from(choices))}


_FILL: dict[str, Any] = {
    "request": _request,
    "transform": _transform,
    "spool": _spool,
    "add_context": _add_context,
}
