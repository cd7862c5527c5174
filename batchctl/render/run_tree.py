"""What a run brought, as a tree that a person reads from top to bottom."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, assert_never

from rich.console import Group
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded
from batchctl.envelope import describe_entry
from batchctl.render.glimpse import LOOKED_AT, glimpse
from batchctl.render.plain import clean, counted, duration, listed
from batchctl.render.words import repetition, request_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from rich.console import RenderableType

    from batchctl.definition.model import JsonValue
    from batchctl.engine.result import Outcome, RunResult
    from batchctl.plan.planner import Plan

_MOST_ERRORS = 5
_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class RunView:
    """What to show: ``where`` says who ran it, ``rows`` how many records of each resource."""

    title: str
    where: str
    rows: int = 3
    redact: Callable[[str], str] = str


def run_tree(result: RunResult, plan: Plan, view: RunView) -> RenderableType:
    """Title, one branch per resource below the resource that it waits for, and the closing line."""
    root = Tree(_title(view), guide_style="dim", hide_root=False)
    branches: dict[str, Tree] = {}
    for wave in plan.waves:
        for key in wave:
            parents = plan.steps[key].parents
            above = branches[parents[0]] if parents else root
            branches[key] = above.add(_resource(key, result.outcomes[key], plan, view))
    for key in result.outcomes.keys() - plan.steps.keys():
        root.add(_resource(key, result.outcomes[key], plan, view))
    return Group(root, Text(""), closing_line(result))


def closing_line(result: RunResult) -> Text:
    """``✔ 2 of 2 resources · 434 records · 125 calls · 40 ms``."""
    outcomes = result.outcomes.values()
    good = sum(isinstance(outcome, Succeeded) for outcome in outcomes)
    records = sum(outcome.count for outcome in outcomes if not isinstance(outcome, Skipped))
    calls = [outcome.work.calls for outcome in outcomes if not isinstance(outcome, Skipped) and outcome.work.calls]
    parts = [f"{good} of {counted(len(result.outcomes), 'resource')} fine", counted(records, "record")]
    if calls:
        parts.append(counted(sum(calls), "call"))
    parts.append(duration(result.elapsed_s))
    if result.interrupted:
        return Text("⊘ interrupted: " + " · ".join(parts), style="bold yellow")
    if result.ok:
        return Text("✔ " + " · ".join(parts), style="bold green")
    failed = f"{listed([clean(key) for key in result.failed])} failed · "
    return Text("✖ " + failed + " · ".join(parts), style="bold red")


def _title(view: RunView) -> Text:
    title = Text(clean(view.title, 120), style="bold")
    return title.append("\n").append(Text(view.where, style="dim"))


def _resource(key: str, outcome: Outcome, plan: Plan, view: RunView) -> RenderableType:
    lines: list[RenderableType] = [_headline(key, outcome, view)]
    step = plan.steps.get(key)
    if step is not None:
        how = ", ".join(filter(None, (request_line(step), repetition(step, plan))))
        lines.append(Text(view.redact(clean(how)), style="dim"))
    if isinstance(outcome, Failed):
        lines.extend(_problems(outcome.errors, view))
    if not isinstance(outcome, Skipped):
        table = glimpse(_first(outcome.records), rows=view.rows, redact=view.redact)
        if table is not None:
            lines.append(Padding(table, (0, 0, 0, 2)))
            more = outcome.count - view.rows
            if more > 0:
                lines.append(Text(f"  … {more:,} more", style="dim"))
    return Group(*lines)


def _first(records: Collection[JsonValue]) -> list[JsonValue]:
    return list(islice(records, LOOKED_AT))


def _headline(key: str, outcome: Outcome, view: RunView) -> Text:
    name = view.redact(clean(key, 80))
    match outcome:
        case Succeeded():
            head = Text("✔ ", style="green").append(name, style="bold")
        case Failed(errors=errors):
            head = (
                Text("✖ ", style="red").append(name, style="bold").append(f"  {counted(len(errors), 'error')}", "red")
            )
        case Skipped(because=because):
            head = Text("⊘ ", style="yellow").append(name, style="bold")
            return head.append(f"  skipped: {listed([clean(key) for key in because])} failed", style="yellow")
        case NotReached():
            head = Text("⊘ ", style="yellow").append(name, style="bold").append("  not finished", style="yellow")
        case _:
            assert_never(outcome)
    return head.append("  " + " · ".join(_figures(outcome)))


def _figures(outcome: Succeeded | Failed | NotReached) -> Iterator[str]:
    yield counted(outcome.count, "record")
    work = outcome.work
    if work.calls is not None and work.calls != 1:
        yield counted(work.calls, "call")
    if work.pages is not None and work.pages > (work.calls or 0):
        yield counted(work.pages, "page")
    if work.elapsed_s is not None:
        yield duration(work.elapsed_s)


def _problems(errors: Sequence[JsonValue], view: RunView) -> Iterator[RenderableType]:
    """Each cause once, with how often it came, the first call it came from, and what to do."""
    causes = Counter(describe_entry(error).sentence() for error in errors)
    first = {describe_entry(error).sentence(): error for error in reversed(errors)}
    for sentence, count in causes.most_common(_MOST_ERRORS):
        yield Padding(Text(view.redact(clean(sentence, _SENTENCE)), style="red"), (0, 0, 0, 2))
        origin = _origin(first[sentence])
        if origin:
            times = f"{count} times, first at " if count > 1 else "at "
            yield Padding(Text(view.redact(clean(times + origin, _SENTENCE)), style="dim"), (0, 0, 0, 2))
        advice = describe_entry(first[sentence]).advice()
        if advice:
            yield Padding(Text("→ " + view.redact(clean(advice, _SENTENCE))), (0, 0, 0, 2))
    if len(causes) > _MOST_ERRORS:
        yield Text(f"  … and {len(causes) - _MOST_ERRORS} other causes", style="dim")


def _origin(error: JsonValue) -> str:
    """``GET /proxy/attachments for ticket t1``, as far as the entry tells."""
    if not isinstance(error, dict):
        return ""
    call, made_for = error.get("call"), error.get("for")
    parts = [f"{call.get('method')} {call.get('path')}"] if isinstance(call, dict) else []
    if isinstance(made_for, dict):
        parts.append("for " + listed([f"{name} {_short(value)}" for name, value in made_for.items()]))
    return " ".join(parts)


def _short(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
