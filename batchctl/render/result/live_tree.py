"""A run in progress as a tree that fits the terminal, and as single lines where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from batchctl.engine.observe.progress import Intervals, Stage
from batchctl.engine.result import Failed, NotReached, Skipped
from batchctl.plain import clean, counted, duration
from batchctl.render.text.branches import Branch, TreeDrawing
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.observe.progress import LiveView, Progress, ResourceProgress
    from batchctl.redaction import Redact
    from batchctl.render.text.branches import Block

# What is shown when there is no room for all: work before what went wrong, before what is done, before what waits.
_ORDER = (Stage.RUNNING, Stage.DONE, Stage.WAITING)


class _OneLine(Struct, frozen=True):
    """Text that is cut rather than wrapped: the picture must not change its height."""

    text: Text

    def lines(self, available: int) -> Iterator[Text]:
        """The one line."""
        cut = self.text.copy()
        cut.truncate(max(available, 1), overflow="ellipsis")
        yield cut


def live_tree(progress: Progress, view: LiveView, now_s: float, height: int) -> TreeDrawing:
    """The tree of a run in progress, ``now_s`` seconds after it began, in at most ``height`` lines of the terminal.

    Where there is no room for all resources, those in progress are shown first.
    """
    clock = Text(duration(now_s) if now_s >= 1 else "starting", style="cyan")
    # The clock comes first: a long title is cut.
    head = Text.assemble(clock, " · ", (clean(view.redact(view.title), 80), "bold"))
    root = Branch([_OneLine(head), _OneLine(Text(clean(view.redact(view.where)), style="dim"))])
    if not progress.seen_events and view.sent:
        waiting = f"● {view.sent}, waiting for the answer"
        return TreeDrawing(Branch([*root.blocks, _OneLine(Text(waiting))]))
    shown, hidden = _selection(progress, max(1, height - 3))
    branches: dict[str, Branch] = {}
    for wave in progress.plan.waves:
        for key in wave:
            if key in shown:
                above = branches[parent] if (parent := _visible_parent(key, progress, shown)) else root
                line: list[Block] = [_OneLine(_line(progress.resources[key], progress, now_s, view.redact))]
                branches[key] = above.add(line)
    return TreeDrawing(root, [_OneLine(Text(hidden, style="dim"))] if hidden else [])


def _selection(progress: Progress, room: int) -> tuple[set[str], str]:
    """The resources to show, and what is said of the others."""
    resources = list(progress.resources.values())
    if len(resources) <= room:
        return set(progress.resources), ""
    ranked = sorted(resources, key=lambda each: (_ORDER.index(each.stage), not each.is_bad, -each.ended_s))
    rest = ranked[max(1, room - 1) :]
    counts = [(sum(each.stage is stage for each in rest), word) for stage, word in _WORDS.items()]
    said = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    return {each.key for each in ranked} - {each.key for each in rest}, f"and {said}"


_WORDS = {Stage.RUNNING: "in progress", Stage.DONE: "done", Stage.WAITING: "waiting"}


def _visible_parent(key: str, progress: Progress, shown: set[str]) -> str | None:
    steps = progress.plan.steps
    while steps[key].parents:
        key = steps[key].parents[0]
        if key in shown:
            return key
    return None


def _line(resource: ResourceProgress, progress: Progress, now_s: float, redact: Redact) -> Text:
    name = clean(redact(resource.key), 60)
    if resource.stage is Stage.WAITING:
        return Text(f"○ {name}", style="dim")
    mark, style = _mark(resource)
    figures = " · ".join(_figures(resource, progress, now_s))
    return Text.assemble((f"{mark} ", style), (name, "bold"), f"  {figures}")


def _mark(resource: ResourceProgress) -> tuple[str, str]:
    match resource.outcome:
        case None:
            return "●", "red" if resource.failed else "cyan"
        case Failed(accepted=False):
            return "✖", "red"
        case Skipped() | NotReached():
            return "⊘", "yellow"
        case _:
            return "✔", "green"


def _figures(resource: ResourceProgress, progress: Progress, now_s: float) -> Iterator[str]:
    """The telling ones first: the line may be cut."""
    if isinstance(resource.outcome, Skipped):
        yield "skipped"
        return
    done = resource.answered + resource.failed
    expected = progress.expected_calls(resource.key)
    yield counted(resource.records, "record")
    if resource.deliveries:
        yield counted(resource.deliveries, "delivery")
        spent_s = (now_s if resource.stage is Stage.RUNNING else resource.ended_s) - resource.started_s
        if spent_s >= 1:
            yield f"{resource.records / spent_s:,.0f} per second"
    if resource.stage is Stage.RUNNING and resource.held_until_s > now_s:
        yield f"{resource.held_by}, waits {duration(resource.held_until_s - now_s)}"
    if resource.stage is Stage.RUNNING and expected is not None and expected > 1:
        more = "" if progress.is_final(resource.key) else "+"
        yield f"{done:,} of {expected:,}{more} calls"
    elif resource.calls > 1:
        yield counted(done, "call")
    if resource.failed:
        yield f"{resource.failed:,} failed"
    left = progress.left_s(resource.key, now_s) if resource.stage is Stage.RUNNING else None
    if left is not None:
        yield f"about {duration(max(1.0, left))} left"
    if resource.retries:
        yield counted(resource.retries, "retry")
    if resource.pages > max(1, done):
        yield counted(resource.pages, "page")
    if resource.stage is Stage.DONE:
        yield duration(resource.ended_s - resource.started_s)


class News:
    """The progress of a run as single lines for logs, with 5, 10, 15 and then always 30 s between two of them."""

    def __init__(self, progress: Progress, view: LiveView) -> None:
        self._progress = progress
        self._view = view
        self._intervals = Intervals()

    def due(self, now_s: float) -> str | None:
        """The line for ``now_s`` seconds after the run began; None when it is not yet time for one."""
        return self._line(now_s) if self._intervals.passed(now_s) else None

    def _line(self, now_s: float) -> str:
        if not self._progress.seen_events:
            return f"{duration(now_s)}: waiting for the answer"
        resources = self._progress.resources.values()
        done = sum(each.stage is Stage.DONE for each in resources)
        parts = [f"{done} of {counted(len(resources), 'resource')} done"]
        for each in resources:
            if each.stage is Stage.RUNNING:
                figures = ", ".join(_figures(each, self._progress, now_s))
                parts.append(f"{clean(self._view.redact(each.key), 60)}: {figures}")
        return clean(f"{duration(now_s)}: " + " · ".join(parts), 400)
