"""Several definitions with one set of options: which of these each file takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.definition.given import refuse_unread
from batchctl.diagnostics import Severity
from batchctl.plan.acceptance import refuse_unknown, request_names, statuses_of, words_of
from batchctl.plan.definition_graph import build_graph
from batchctl.plan.selection import Choices, refuse_meaningless, tags_of
from batchctl.preparation import read_arguments
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.launch.inputs import Inputs
    from batchctl.preparation import Prepared


class OneFile(NamedTuple):
    """One of several files on a command line: its own inputs, and its definition, checked and planned."""

    inputs: Inputs
    prepared: Prepared


def divided(files: Sequence[Inputs], *, required: Severity = Severity.WARNING, jobs: bool = False) -> list[OneFile]:
    """Check each of several files with its share of ``--only``, ``--skip``, ``--accept`` and the arguments.

    Each file takes the names that it has; one of which ``--only`` names nothing, or ``--skip`` everything, is left out.
    ``files`` have the same options: those of the first count. ``required`` is the severity of a required argument
    without a value, ``jobs`` says whether a sync job is allowed. Raises ``UsageError`` for a name, pattern, tag or
    argument that no file has.
    """
    whole = [replace(inputs, allow_unused=True, only=(), accept=()) for inputs in files]
    found = [OneFile(inputs, inputs.prepare(required=required, jobs=jobs)) for inputs in whole]
    asked = files[0]
    if not asked.allow_unused:
        _refuse_unread(asked, found)
    words, accept = tuple(asked.only), statuses_of(asked.accept)
    choices = [_choices(each.prepared) for each in found]
    refuse_meaningless(words, choices)
    if all(each.prepared.definition is not None for each in found):
        names = [name for each in found for name in request_names(each.prepared.loaded.resources)]
        refuse_unknown(accept, list(dict.fromkeys(names)))
    ready = []
    for each, choice in zip(found, choices, strict=True):
        only = choice.taken(words)
        if only is None:
            continue
        kept = choice.selected(only)
        here = words_of({key: accept[key] for key in request_names(each.prepared.loaded.resources)
                         if key in accept and key in kept})  # fmt: skip
        inputs = replace(each.inputs, only=only, accept=here)
        ready.append(OneFile(inputs, inputs.prepare(required=required, jobs=jobs)) if only or here else each)
    return ready


def _choices(prepared: Prepared) -> Choices:
    return Choices(build_graph(prepared.loaded.resources), tags_of(prepared.loaded.data))


def _refuse_unread(asked: Inputs, found: Sequence[OneFile]) -> None:
    """What nothing in any of them reads is a mistake; what only some read is not."""
    known: set[str] = set()
    for each in found:
        names = read_arguments(each.prepared)
        if names is None:
            return
        known |= names
    refuse_unread(asked.given(), known)
