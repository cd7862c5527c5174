"""Random sync jobs: random definitions with states before them and destinations behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from definitions import definitions
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[Any], Any]

ACCOUNT: dict[str, Any] = {
    "region": "eu",
    "ids": ["3", "1"],
    "tenant_id": "acme",
    "sync_job_run": {"id": "r", "status": "running"},
}
ENDINGS = [
    {"value": "{{region}}"},
    {"value": "{{sync_job_run.status}}"},
    {"value_expression": "$count(resources.*)"},
    {"value_expression": "sync_job_run.status = 'completed' ? args.limit"},
    {},
]
RUN_IFS = [
    "args.yes",
    "args.no",
    "$count(payload.records) > 1",
    'region = "eu"',
    "payload.records[0].v > 1",
    "sync_job_run.status = 'running'",
]
SIZES = ['{"id": $string(total_records_size)}', "total_records_size > 1 ? {'id': '2', 'n': total_records_size}"]
SETTINGS = [
    {},
    {"path": "{{region}}/{{payload.records.0.id?:none}}"},
    {"title": "{{found?:nothing}} {{who?:nobody}}", "limit": "{{args.limit:int}}"},
    {"since": "{{resources.since.value}}"},
    {"up": "{{payload.records.0.up}}"},
    {"of": "{{resources.n1.who?:nobody}} {{resources.n2.found?:nothing}}"},
]


@st.composite
def jobs(draw: Draw) -> dict[str, Any]:
    """A job of runtime 4. Its nodes stand behind their parents."""
    batch = draw(definitions())
    nodes = [{"name": "since", "type": "get_state", "config": {"key": "last", "default": "{{args.limit:int}}"}}]
    nodes += batch["resources"]
    for node in batch["resources"]:
        node.pop("persist", None)
        if node.get("type", "request") == "request" and "depends_on" not in node and draw(st.booleans()):
            node["depends_on"] = "since"
        if node.get("type") == "transform" and draw(st.integers(0, 3)) == 0:
            node["config"] = {"expression": draw(st.sampled_from(SIZES))}
    sources = [node["name"] for node in batch["resources"] if node.get("type") != "add_context"]
    for number in range(draw(st.integers(1, 2)) if sources else 0):
        nodes.append(_destination(draw, f"d{number}", sources))
    event = draw(st.sampled_from(["start", "complete", "error"]))
    nodes.append({"name": "event", "type": "event", "config": {"name": event}})
    config = draw(st.sampled_from(ENDINGS))
    kind = "update_state" if config else "delete_state"
    nodes.append({"name": "kept", "type": kind, "depends_on": "event", "config": {"key": "last", **config}})
    late = len(nodes) - 2
    for name, parent in (("after", "event"), ("then", "after")):
        expression = f'{{"id": "{name}", "was": sync_job_run.status, "n": $count(resources.after)}}'
        nodes.append({"name": name, "type": "transform", "depends_on": parent, "config": {"expression": expression}})
    nodes.append(_destination(draw, "late", ["after", "then"]))
    for node in nodes[late:]:
        if "run_if" not in node and draw(st.integers(0, 3)) == 0:
            node["run_if"] = draw(st.sampled_from(["args.yes", "args.no", "sync_job_run.status = 'completed'"]))
    return {"kind": "sync-job", "default_runtime_version": 4, "args": batch["args"], "resources": nodes}


def _destination(draw: Draw, name: str, sources: list[str]) -> dict[str, Any]:
    persisted = draw(st.lists(st.sampled_from(sources), min_size=1, max_size=2, unique=True))
    node: dict[str, Any] = {"name": name, "type": "destination", "destination_type": "datastore"}
    node["resources_to_persist"] = persisted
    settings = draw(st.sampled_from(SETTINGS))
    node["config"] = {"id": "x", "config": settings}
    if "{{resources.since" in str(settings):
        node["depends_on"] = "since"
    if draw(st.integers(0, 2)) == 0:
        node["run_if"] = draw(st.sampled_from(RUN_IFS))
    if draw(st.integers(0, 2)) == 0:
        node["loop_on"] = "payload.records"
    return node
