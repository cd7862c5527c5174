"""What a run brought, as a tree that a person reads from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from rich.text import Text

from batchctl.engine.causes import causes, first_causes
from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded
from batchctl.plain import clean, counted, listed
from batchctl.render.result.figures import first_records, joined, outcome_figures, record_count, run_figures
from batchctl.render.result.glimpse import LOOKED_AT, Glimpse
from batchctl.render.result.places import place_of
from batchctl.render.text.branches import Branch, Indented, Paragraph, TreeDrawing
from batchctl.render.text.words import repetition, request_line
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from batchctl.engine.causes import Cause
    from batchctl.engine.result import Outcome, RunResult
    from batchctl.plan.planner import Plan, Step
    from batchctl.redaction import Redact
    from batchctl.render.text.branches import Block

    Figures: TypeAlias = Callable[[str, Outcome], Iterable[str]]
    """From a node's key and how it ended, its figures in words."""

_MAX_CAUSES = 5
_SENTENCE = 400
_WORDS = 200


class RunView(Struct, frozen=True):
    """How the result of a run is shown to a person.

    ``title`` is its first line, ``where`` says in words who executed the run. ``rows`` is how many records per resource
    are shown, ``fields`` are their columns, chosen where it is empty. ``verbose`` shows every cause, more of its calls
    and all of the provider's message. ``file`` is the file that was run, for the places of errors; empty shows none.
    ``redact`` masks secrets.
    """

    title: str
    where: str
    redact: Redact
    rows: int = 3
    fields: Sequence[str] = ()
    verbose: bool = False
    file: str = ""


def run_tree(result: RunResult, plan: Plan, view: RunView) -> TreeDrawing:
    """The result of a run as a tree: a branch per resource below the one that it waits for, the errors, the totals."""
    return TreeDrawing(node_branches(result, plan, view), run_summary(result, view.redact))


def node_branches(result: RunResult, plan: Plan, view: RunView, figures: Figures | None = None) -> Branch:
    """The tree of a run without what comes below it: a branch per node, below the one that it waits for.

    ``figures`` gives the figures of a node, from its key and outcome, in words; without it they are those of a request:
    ``10 records``, ``3 calls``.
    """
    title: list[Block] = [Paragraph(Text(clean(view.redact(view.title), 120), style="bold"), hang=2)]
    root = Branch([*title, _dim(view.redact(view.where))] if view.where else title)
    figures = figures or (lambda _, outcome: outcome_figures(outcome))
    branches: dict[str, Branch] = {}
    for wave in plan.waves:
        for key in wave:
            step, outcome = plan.steps[key], result.outcomes[key]
            above = branches[step.parents[0]] if step.parents else root
            shown = step.node.in_result or _is_shown(key, result)
            said = joined(figures(key, outcome))
            branches[key] = above.add(list(_resource(key, outcome, view, said, plan, step, shown=shown)))
    for key, outcome in result.outcomes.items():
        if key not in plan.steps:
            root.add(list(_resource(key, outcome, view, joined(figures(key, outcome)))))
    return root


def run_summary(result: RunResult, redact: Redact, plan: Plan | None = None, file: str = "") -> list[Block]:
    """The failed resources of a run, those that made others fail first, and a line with its totals.

    ``plan`` and ``file`` are needed to say where in the file the errors are. ``redact`` masks secrets.
    """
    blocks: list[Block] = [Paragraph(Text("")), *run_failures(result, redact, plan, file)]
    blocks.append(Paragraph(run_closing_line(result, redact), hang=2))
    if result.request_id and not result.ok:
        blocks.append(_dim(f"request id {clean(redact(result.request_id), 100)}"))
    return blocks


def run_failures(result: RunResult, redact: Redact, plan: Plan | None = None, file: str = "") -> Iterator[Block]:
    """A line for each failed resource of a run, those that made others fail first.

    ``plan`` and ``file`` are needed to say where in the file the errors are. ``redact`` masks secrets.
    """
    for key, outcome in first_causes(result):
        place = _first_place(key, outcome, plan, file) if plan else ""
        yield Paragraph(_failure(key, outcome, redact, place), hang=2)


def summary_view(result: RunResult, redact: Redact, plan: Plan | None = None, file: str = "") -> TreeDrawing:
    """The errors and totals of a run without its tree, for when the tree is on the screen already.

    ``plan`` and ``file`` are needed to say where in the file the errors are. ``redact`` masks secrets.
    """
    return TreeDrawing(Branch(run_summary(result, redact, plan, file)[1:]))


def run_closing_line(result: RunResult, redact: Redact) -> Text:
    """The totals of a run in a line: ``✔ 2 of 2 resources succeeded · 434 records · 125 calls · 40 ms``.

    Where something failed, it names that. ``redact`` masks secrets.
    """
    figures = joined(run_figures(result))
    if result.interrupted:
        return Text(f"⊘ interrupted: {figures}", style="bold yellow")
    if result.ok:
        return Text(f"✔ {figures}", style="bold green")
    names = [clean(redact(key), 60) for key in result.failed]
    said = listed(names) if len(names) <= 4 else counted(len(names), "resource")
    return Text(f"✖ {said} failed · {figures}", style="bold red")


def _first_place(key: str, outcome: Outcome, plan: Plan, file: str) -> str:
    found = causes(outcome.errors) if isinstance(outcome, Failed) else []
    return place_of(key, plan, file, found[0].field if found else None)


def _failure(key: str, outcome: Failed | Skipped, redact: Redact, place: str) -> Text:
    """``✖ attachments: 403 Forbidden: …``, one line for the end."""
    name = clean(redact(key), 80)
    if isinstance(outcome, Skipped):
        return Text.assemble(("⊘ ", "yellow"), (name, "bold"), f" {_because(outcome, redact)}")
    found = causes(outcome.errors)
    first = clean(redact(found[0].sentence), _SENTENCE) if found else "no reason given"
    more = f" (and {counted(len(found) - 1, 'other cause')})" if len(found) > 1 else ""
    return Text.assemble(
        ("✖ ", "red"), (name, "bold"), f": {first}{more}", f" ({clean(redact(place))})" if place else ""
    )


def _resource(
    key: str,
    outcome: Outcome,
    view: RunView,
    figures: str,
    plan: Plan | None = None,
    step: Step | None = None,
    *,
    shown: bool = True,
) -> Iterator[Block]:
    yield Paragraph(_headline(key, outcome, view, figures, shown=shown), hang=2)
    if plan is not None and step is not None:
        also = f"after {listed(step.parents[1:])}" if len(step.parents) > 1 else ""
        how = ", ".join(filter(None, (request_line(step), repetition(step, plan), also)))
        yield _dim(clean(view.redact(how)))
    if isinstance(outcome, Failed | NotReached) and outcome.errors:
        yield from _problems(outcome, view, lambda field: place_of(key, plan, view.file, field) if plan else "")
    known = first_records(outcome, max(LOOKED_AT, view.rows))
    if known and view.rows:
        yield Indented(Glimpse(known, view.rows, view.redact, view.fields))
        more = record_count(outcome) - min(view.rows, len(known))
        if more > 0:
            yield Indented(_dim(f"and {more:,} more"))


def _is_shown(key: str, result: RunResult) -> bool:
    """Whether the answer can say how many records a resource brought that it need not hold."""
    if result.raw is None:
        return True
    records = result.raw.get("result")
    return isinstance(records, dict) and key in records


def _headline(key: str, outcome: Outcome, view: RunView, figures: str, *, shown: bool) -> Text:
    name = (clean(view.redact(key), 80), "bold")
    match outcome:
        case Succeeded():
            if not shown:
                return Text.assemble(("✔ ", "green"), name, ("  not part of the answer (no persist)", "dim"))
            said = [("✔ ", "green"), name]
        case Failed(errors=errors, accepted=True):
            said = [("✔ ", "green"), name, (f"  {counted(len(errors), 'accepted error')}", "yellow")]
            return Text.assemble(*said, " · " + figures)
        case Failed(errors=errors):
            said = [("✖ ", "red"), name, (f"  {counted(len(errors), 'error')}", "red")]
            return Text.assemble(*said, " · " + figures)
        case Skipped():
            return Text.assemble(("⊘ ", "yellow"), name, (f"  {_because(outcome, view.redact)}", "yellow"))
        case NotReached():
            said = [("⊘ ", "yellow"), name, ("  not finished", "yellow")]
        case _:
            assert_never(outcome)
    return Text.assemble(*said, "  " + figures)


def _because(outcome: Skipped, redact: Redact) -> str:
    return f"skipped: {listed([clean(redact(key), 80) for key in outcome.because])} failed"


def _problems(outcome: Failed | NotReached, view: RunView, place: Callable[[str | None], str]) -> Iterator[Block]:
    found = causes(outcome.errors)
    shown = found if view.verbose else found[:_MAX_CAUSES]
    for cause in shown:
        yield from _cause(cause, view, place(cause.field))
    if len(found) > len(shown):
        yield Indented(_dim(f"and {counted(len(found) - len(shown), 'other cause')}; -v shows all"))


def _cause(cause: Cause, view: RunView, place: str) -> Iterator[Block]:
    """What happened, where, in the provider's words, and the way out."""

    def block(text: str, style: str = "") -> Paragraph:
        return Paragraph(Text(clean(view.redact(text)), style=style), indent=2, hang=2)

    times = f"{cause.count:,}× " if cause.count > 1 else ""
    yield block(times + clean(cause.sentence, _SENTENCE), "red")
    origins = cause.origins if view.verbose else cause.origins[:1]
    for number, origin in enumerate(origins):
        lead = "first " if cause.count > 1 and number == 0 else ""
        yield block(lead + origin, "dim")
    if place:
        yield block(f"in {place}", "dim")
    if cause.words:
        words = cause.words if view.verbose else clean(cause.words, _WORDS)
        yield block(f"provider: {words}", "dim")
    if cause.advice:
        yield block(f"→ {clean(cause.advice, _SENTENCE)}")


def _dim(text: str) -> Paragraph:
    return Paragraph(Text(clean(text), style="dim"), hang=2)
