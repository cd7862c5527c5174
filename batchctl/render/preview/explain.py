"""Where a value came from, in words: the argument or record, the alternative that won, the type, the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.redaction import MASK
from batchctl.render.preview.data import is_hidden
from batchctl.render.preview.fields import unknown_name
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from batchctl.json_types import DataPath
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan, Step
    from batchctl.render.preview.data import RequestView
    from batchctl.template import Evaluation, Reference

_SHORT = 60


def origins(request: Expanded, step: Step, plan: Plan, view: RequestView) -> dict[DataPath, list[str]]:
    """For each field with placeholders, by its path, the lines that say where their values came from.

    A path begins with the key of the request (``("query", "stage")``), a line is ``args.stage = "customer"``; they are
    in the order of the placeholders in the field. ``step`` is that of the request in ``plan``.
    """
    found: dict[DataPath, list[str]] = {}
    for reference, evaluation in request.trace:
        name = unknown_name(reference, step, plan) if evaluation.unknown else ""
        found.setdefault(reference.path, []).append(_origin(reference, evaluation, view, name))
    return found


def _origin(reference: Reference, found: Evaluation, view: RequestView, name: str) -> str:
    if found.unknown:
        return f"{name}, which a run brings"
    tried = [alternative.path for alternative in reference.alternatives]
    if found.kept:
        return f"{reference.text} itself, since {_listed(tried)} has no value"
    if found.default:
        return f"the default {_value(found.value, view, reference, None)}, since {_listed(tried)} has no value"
    if found.chosen is None:
        return f"nothing, since {_listed(tried)} has no value"
    path = tried[found.chosen]
    raw = _value(found.raw, view, reference, path)
    words = [f"{path} = {raw}"]
    if len(tried) > 1:
        words.append(f"alternative {found.chosen + 1} of {len(tried)}")
    made = _value(found.value, view, reference, path)
    if made != raw:
        words.append(f"as {found.cast} {made}")
    elif reference.alternatives[found.chosen].cast:
        words.append(f"as {found.cast}")
    return ", ".join(words)


def _listed(paths: list[str]) -> str:
    return " or ".join(paths)


def _value(value: object, view: RequestView, reference: Reference, path: str | None) -> str:
    if value is UNDEFINED:
        return "nothing"
    if is_hidden(reference, path):
        return MASK
    text = write_json(view.redactor.data(value))
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
