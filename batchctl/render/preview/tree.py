"""A preview for a person: wave by wave, every resource, its requests, and what differs between them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from batchctl.definition.model import AddContext, Request, SyncNode, Transform
from batchctl.definition.sync_job import is_end_event
from batchctl.plain import clean, counted, listed
from batchctl.render.preview.explain import origins
from batchctl.render.preview.fields import shape
from batchctl.render.preview.sync_nodes import sync_node_lines
from batchctl.render.text.labelled import labelled
from batchctl.render.text.words import record_word, repeats
from batchctl.structs import Struct
from batchctl.truto.calls import is_delete

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from batchctl.json_types import DataPath
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.plan.remarks import RemarkLog
    from batchctl.render.preview.data import RequestView
    from batchctl.render.preview.fields import FlatRequest

_FOLDED = 5
_FOLDED_FIELDS = 12
_MAX_LENGTH = 240
_SIGNS = {"create": "+ ", "update": "~ ", "list": "", "get": ""}
_STYLES = {"list": "green", "get": "green"}
_WRITE = "bold yellow"


class PreviewView(Struct, frozen=True):
    """How a preview is shown to a person: ``title`` is its first line, ``shown`` masks its secrets.

    ``everything`` unfolds long lists, ``explain`` adds where each value came from.
    """

    title: str
    shown: RequestView
    everything: bool = False
    explain: bool = False

    def words(self, text: str, limit: int | None = _MAX_LENGTH) -> str:
        """``text`` from outside, made safe to show: secrets masked, control characters escaped.

        It is cut to ``limit`` characters (None: none), unless ``everything`` is shown.
        """
        return clean(self.shown.redactor.text(text), None if self.everything else limit)


def preview_tree(preview: Preview, view: PreviewView, log: RemarkLog) -> Iterator[RenderableType]:
    """A preview for a person, line by line: its title, then the resources wave by wave.

    Remarks on requests are added to ``log`` meanwhile.
    """
    yield Text(view.words(view.title, 120), style="bold")
    account = view.shown.account or "of each request"
    yield Text(f"dry run, nothing is sent · account {view.words(account, 60)}", style="dim")
    by_key = {resource.step.node.key: resource for resource in preview.resources}
    for number, wave in enumerate(preview.plan.waves, start=1):
        yield Text("")
        yield Text(f"wave {number}", style="bold cyan")
        for key in wave:
            yield from _resource(_Branch(by_key[key], preview, view, log))


class _Branch(Struct, frozen=True):
    resource: PreviewedResource
    preview: Preview
    view: PreviewView
    log: RemarkLog

    def shapes(self) -> Iterator[tuple[Expanded, FlatRequest]]:
        """Its requests, explained."""
        step = self.resource.step
        for request in self.resource.requests(explain=True):
            yield request, shape(request, step, self.preview.plan, self.view.shown)


def _resource(branch: _Branch) -> Iterator[RenderableType]:
    resource, view = branch.resource, branch.view
    yield Padding(_headline(branch), (0, 0, 0, 2))
    node = resource.step.node
    if isinstance(node, Transform | AddContext):
        yield _row("JSONata", Text(view.words(" ".join(node.expression.split())), style="magenta"))
    if isinstance(node, SyncNode):
        for label, text in sync_node_lines(node, resource.payloads, view.words, everything=view.everything):
            yield _row(label, Text(text))
    if node.run_if:
        yield _row("only if", Text(view.words(" ".join(node.run_if.split())), style="magenta"))
    if resource.skipped:
        why = f"no request: {listed([view.words(key) for key in resource.skipped])} failed on these records"
        yield Padding(Text(why, style="yellow"), (0, 0, 0, 4))
    if resource.problem:
        branch.log.add_problem(resource.step, resource.problem)
        yield Padding(Text(f"no request: {view.words(resource.problem)}", style="bold red"), (0, 0, 0, 4))
    if len(resource.requests):
        yield from _requests(branch)
    if isinstance(node, Request) and node.recurse is not None:
        yield from _recursion(node, view)


def _headline(branch: _Branch) -> Text:
    resource, view = branch.resource, branch.view
    node = resource.step.node
    head = Text().append(view.words(node.key, 80), style="bold")
    if not isinstance(node, Request):
        head.append(f"  {node.kind}", style="magenta")
    elif is_delete(node.method):
        head.append("  ").append("DELETES", style="bold white on red")
    elif node.is_write:
        head.append("  ").append("WRITES", style="bold black on yellow")
    words = fan_out_words(resource, branch.preview)
    if words:
        head.append(f"  {view.words(words)}", style="cyan")
    if isinstance(node, Request) and node.resource in view.shown.overridden:
        head.append("  mapping overridden in this environment", style="yellow")
    if resource.step.parents and not is_end_event(node):
        head.append(f"  after {listed([view.words(parent, 60) for parent in resource.step.parents])}", style="dim")
    return head


def _sign(method: str) -> str:
    return "- " if is_delete(method) else _SIGNS.get(method, "! ")


def _style(method: str) -> str:
    return "bold red" if is_delete(method) else _STYLES.get(method, _WRITE)


def fan_out_words(resource: PreviewedResource, preview: Preview) -> str:
    """How often a request is made: ``once per contact``, ``3 × over args.user_ids``, or both; empty for once.

    Where the records are known, it also says how many there are: ``once per contact (4 times)``.
    """
    words = []
    fan_outs = resource.step.fan_outs
    for repeat, fan_out in zip(resource.repeats, fan_outs, strict=False):
        if not repeats(fan_out.node, preview.plan):
            continue
        times = "" if repeat.count is None else f" ({counted(repeat.count, 'time')})"
        words.append(f"once per {record_word(fan_out.node, preview.plan)}{times}")
    for repeat in resource.repeats[len(fan_outs) :]:
        often = "once for each of" if repeat.count is None else f"{repeat.count:,} × over"
        words.append(f"{often} {repeat.over}")
    return ", ".join(words)


def _requests(branch: _Branch) -> Iterator[RenderableType]:
    """What all requests have in common, then a line for each with what only it has."""
    count = len(branch.resource.requests)
    common = _common(branch)
    shown = 0 if count == 1 else count if branch.view.everything else min(count, _FOLDED)
    for number, (request, flat) in enumerate(islice(branch.shapes(), max(shown, 1)), start=1):
        if number == 1:
            yield from _first(branch, request, flat, common)
        if shown:
            yield from _one_of_many(branch, number, request, flat, common)
    if shown and count > shown:
        yield _row("  …", Text(f"{count - shown:,} more (--all shows them)", style="dim"), width=5)


class _Common(Struct, frozen=True):
    """What every request of a resource has: fields, and whether the path is one of it."""

    fields: frozenset[DataPath]
    path: bool


def _common(branch: _Branch) -> _Common:
    """Goes through all requests once; what there is to remark about them is noted on the way."""
    same: dict[DataPath, str] | None = None
    first_path, path = "", True
    for request, flat in branch.shapes():
        branch.log.add(branch.resource.step, request)
        if same is None:
            same = dict.fromkeys(flat.marks, "") | {key: field.text for key, field in flat.fields.items()}
            first_path = flat.path
        else:
            path = path and flat.path == first_path
            same = {key: text for key, text in same.items() if _text(flat, key) == text}
    return _Common(frozenset(same or ()), path)


def _text(flat: FlatRequest, key: DataPath) -> str | None:
    """A field's text; empty for one that was left out."""
    field = flat.fields.get(key)
    return field.text if field else "" if key in flat.marks else None


def _first(branch: _Branch, request: Expanded, flat: FlatRequest, common: _Common) -> Iterator[RenderableType]:
    node = branch.resource.step.node
    method = node.method if isinstance(node, Request) else "list"
    line = Text(f"{_sign(method)}{flat.method}", style=_style(method))
    path = flat.path if common.path else f"{flat.path.rpartition('/')[0]}/…"
    yield _row(line, _address(branch.view, path, flat if common.path else None))
    origins = _origins(branch, request)
    if common.path:
        yield from _origin_lines(branch.view, origins.get(("id",), ()))
    keys = [key for key in _keys(flat) if key in common.fields]
    for section in ("account", "query", "body"):
        yield from _section(branch.view, section, [key for key in keys if key[0] == section], flat, origins)


def _address(view: PreviewView, path: str, flat: FlatRequest | None) -> Text:
    """The path, with what there is to remark about the id in it."""
    line = _marked(Text(view.words(path, 400)))
    remark = flat.marks.get(("id",)) if flat else None
    return line.append(f"  ← {view.words(remark)}", style="yellow") if remark else line


def _keys(flat: FlatRequest) -> list[DataPath]:
    """The fields and what was left out of them, in order."""
    return [key for key in dict.fromkeys((*flat.fields, *flat.marks)) if key[0] != "id"]


def _section(
    view: PreviewView, section: str, keys: list[DataPath], flat: FlatRequest, origins: Mapping[DataPath, Sequence[str]]
) -> Iterator[RenderableType]:
    most = len(keys) if view.everything else _FOLDED_FIELDS
    for place, key in enumerate(keys[:most]):
        yield _row(section if place == 0 else "", _assignment(view, key, flat))
        yield from _origin_lines(view, origins.get(key, ()))
    if len(keys) > most:
        yield _row("", Text(f"… {len(keys) - most:,} more fields (--all shows them)", style="dim"))


def _one_of_many(
    branch: _Branch, number: int, request: Expanded, flat: FlatRequest, common: _Common
) -> Iterator[RenderableType]:
    keys = [key for key in _keys(flat) if key not in common.fields]
    parts = [] if common.path else [_address(branch.view, flat.path, flat)]
    parts.extend(_assignment(branch.view, key, flat) for key in keys)
    width = max(3, len(f"{len(branch.resource.requests):,}"))
    label = Text(f"{number:,}".rjust(width), style="dim")
    yield _row(label, Text("  ").join(parts or [Text("the same", "dim")]), width=width + 2)
    origins = _origins(branch, request)
    for key in (*([] if common.path else [("id",)]), *keys):
        yield from _origin_lines(branch.view, origins.get(key, ()), width=width + 2)


def _assignment(view: PreviewView, key: DataPath, flat: FlatRequest) -> Text:
    field, remark = flat.fields.get(key), flat.marks.get(key)
    if field is None:
        line = Text(view.words(".".join(map(str, key[1:]))))
    else:
        line = Text(f"{view.words(field.name)} = " if field.name else "JSONata ")
        line.append_text(_marked(Text(view.words(field.text))))
    return line.append(f"  ← {view.words(remark)}", style="yellow") if remark else line


def _origins(branch: _Branch, request: Expanded) -> Mapping[DataPath, Sequence[str]]:
    if not branch.view.explain:
        return {}
    return origins(request, branch.resource.step, branch.preview.plan, branch.view.shown)


def _origin_lines(view: PreviewView, lines: Sequence[str], width: int = 9) -> Iterator[RenderableType]:
    """Where a value came from, below it."""
    for line in lines:
        yield _row("", Text(f"  ↳ {view.words(line)}", style="dim italic"), width=width)


def _recursion(node: Request, view: PreviewView) -> Iterator[RenderableType]:
    if node.recurse is None:
        return
    condition = f"for every record with {node.recurse.condition}" if node.recurse.condition else "for every record"
    yield _row("again", _marked(Text(view.words(condition), style="cyan")))


def _row(label: str | Text, content: Text, *, width: int = 9) -> RenderableType:
    return labelled(label if isinstance(label, Text) else Text(label, style="dim"), content, width=width, indent=4)


def _marked(line: Text) -> Text:
    """What only a run can know, in colour; those who see none have the quotes."""
    line.highlight_regex(r"‹[^‹›]*›", style="magenta")
    return line
