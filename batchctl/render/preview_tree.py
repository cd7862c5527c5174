"""A preview as a tree: wave by wave, every resource with its requests, and what only a run can tell marked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from batchctl.definition.model import Request
from batchctl.plan.query_string import query_string
from batchctl.render.plain import clean, counted, listed
from batchctl.render.preview_data import request_path
from batchctl.render.words import repetition, request_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview, PreviewedResource

_MOST_REQUESTS = 5
_BODY = 300
_WRITE_STYLES = {"POST": "bold yellow", "PATCH": "bold yellow", "DELETE": "bold red"}


@dataclass(frozen=True, slots=True)
class PreviewView:
    """How to show it; ``redact`` hides secrets in every piece of text."""

    title: str
    redact: Callable[[str], str] = str


def preview_tree(preview: Preview, view: PreviewView) -> RenderableType:
    """Title, a branch per wave, a branch per resource, and the closing line."""
    root = Tree(_title(preview.plan, view), guide_style="dim")
    by_key = {resource.step.node.key: resource for resource in preview.resources}
    for number, wave in enumerate(preview.plan.waves, start=1):
        branch = root.add(Text(f"wave {number}", style="dim"))
        for key in wave:
            branch.add(_resource(by_key[key], preview.plan, view))
    return Group(root, Text(""), closing_line(preview))


def closing_line(preview: Preview) -> Text:
    """``3 resources · 4 requests, more once records are known · 1 write · nothing was sent``."""
    requests = counted(preview.requests, "request")
    parts = [
        counted(len(preview.resources), "resource"),
        requests if preview.complete else f"{requests} shown, how many more only a run can tell",
    ]
    if preview.writes:
        parts.append(counted(preview.writes, "write"))
    parts.append("nothing was sent")
    return Text(" · ".join(parts), style="bold")


def _title(plan: Plan, view: PreviewView) -> Text:
    account = f"account {clean(plan.definition.integrated_account_id, 60)}"
    return Text(view.redact(clean(view.title, 120)), style="bold").append(f"\n{view.redact(account)}", style="dim")


def _resource(resource: PreviewedResource, plan: Plan, view: PreviewView) -> RenderableType:
    node = resource.step.node
    head = Text(view.redact(clean(node.key, 80)), style="bold")
    if isinstance(node, Request) and node.is_write:
        head.append("  WRITES" if node.method != "delete" else "  DELETES", style="bold red")
    repeats = _repeats(resource, plan)
    if repeats:
        head.append(f"  {view.redact(clean(repeats))}", style="cyan")
    if resource.step.parents:
        head.append(f"  after {listed([clean(parent) for parent in resource.step.parents])}", style="dim")
    lines: list[RenderableType] = [head]
    if not isinstance(node, Request):
        lines.append(Text(request_line(resource.step), style="dim"))
    for request in resource.requests[:_MOST_REQUESTS]:
        lines.extend(_request(request, view))
    if len(resource.requests) > _MOST_REQUESTS:
        lines.append(Text(f"… {len(resource.requests) - _MOST_REQUESTS:,} more", style="dim"))
    return Group(*lines)


def _repeats(resource: PreviewedResource, plan: Plan) -> str:
    counts = [f"{repeat.count} × over {repeat.over}" for repeat in resource.repeats if repeat.count is not None]
    if counts and len(counts) == len(resource.repeats):
        return ", ".join(counts)
    return repetition(resource.step, plan)


def _request(request: Expanded, view: PreviewView) -> Iterator[RenderableType]:
    method, path = request.call.http_method, request_path(request)
    line = Text(f"{method} ", style=_WRITE_STYLES.get(method, "green"))
    query = query_string(request.call.query, keep_placeholders=True)
    line.append(view.redact(clean(path + (f"?{query}" if query else ""))))
    yield _marked(line)
    if request.call.body is not None:
        body = json.dumps(request.call.body, ensure_ascii=False)
        yield _marked(Text(view.redact(clean(body, _BODY)), style="dim"))
    for name in request.expressions:
        yield Text(f"{name}: a JSONata expression that only a run can evaluate", style="magenta")


def _marked(line: Text) -> Text:
    """What only a run can know, in colour and as ``‹contacts.id›`` for those who see none."""
    line.highlight_regex(r"\{\{[^{}]*\}\}", style="magenta")
    return line
