"""Placeholders that have no value before the batch starts, and never will: their text would be sent.

Asked once per placeholder of a template, and once per element only for those of which ``loop_values`` can't tell it of
all elements at once: a loop over a million is looked at without making a single call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from batchctl.definition.model import Request
from batchctl.plan.expansion import Scope, opened, placeholder_context, unknown_before_run, unknown_paths
from batchctl.plan.forms import path_of_recursion
from batchctl.plan.loop_values import reads_element, surely_in_all
from batchctl.plan.loops import NotAnArray, loop_elements, looped_over
from batchctl.plan.reads import ROOTS, reads_node
from batchctl.structs import Struct
from batchctl.template import parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.plan.loops import Loop
    from batchctl.plan.planner import Plan, Step
    from batchctl.template import Reference, Template


IsUnknown: TypeAlias = Callable[[str], bool]
"""Says of a placeholder's path whether only a run knows its value."""


class Unresolved(Struct, frozen=True):
    """A placeholder without a value, so that its ``text`` (``{{args.x}}``) would be sent: in resource ``key``.

    ``path`` leads from the root of the definition to the string that has it; ``offset`` and ``end`` (exclusive) are its
    place in that string, in code points from 0.
    """

    key: str
    path: tuple[str | int, ...]
    text: str
    offset: int = 0
    end: int = 0


def find_unresolved(plan: Plan) -> tuple[Unresolved, ...]:
    """Every placeholder in the requests of ``plan`` that has no value, each once, in the order of the file.

    One that reads records known only during a run is not among them. Raises ``TemplateError`` for a placeholder that
    can't be rendered at all.
    """
    found = [each for step in plan.steps.values() if isinstance(step.node, Request) for each in _in_step(step, plan)]
    return tuple(dict.fromkeys(found))


def _in_step(step: Step, plan: Plan) -> Iterator[Unresolved]:
    scope = Scope(plan.definition.args, unknown=unknown_before_run(step, plan))
    context, from_records = placeholder_context(plan, scope), unknown_paths(plan, scope)

    def is_unknown(path: str) -> bool:
        # Another root may be a key of the account's context, which only a run knows.
        segments = parse_path(path)
        return from_records(path) or bool(segments and segments[0] not in ROOTS)

    def is_unknown_again(path: str) -> bool:
        # What is sent again starts from a record of the request's own.
        return is_unknown(path) or reads_node(parse_path(path), step.node)

    for template, path_in_file, unknown in _templates(step, is_unknown, is_unknown_again):
        try:
            found = lacking(template, step.loop, context, unknown)
        except NotAnArray:
            # The loop's own text is there already; a value that is no array is for the run to report.
            if step.loop and step.loop.segments[0] == "args" and not step.loop.is_bare:
                yield Unresolved(step.node.key, ("resources", step.node.index, "loop_on"), step.loop.over)
            return
        for reference in found:
            path = ("resources", step.node.index, *path_in_file(reference.path))
            yield Unresolved(step.node.key, path, reference.text, reference.offset, reference.end)


def _templates(
    step: Step, is_unknown: IsUnknown, is_unknown_again: IsUnknown
) -> Iterator[tuple[Template, Callable[[DataPath], DataPath], IsUnknown]]:
    """What a request renders; for each, where its paths are in the file, and what of them only a run knows."""
    if step.template is not None:
        yield step.template, lambda path: path, is_unknown
    if step.again is not None:
        yield step.again.template, partial(path_of_recursion, step.again.request), is_unknown_again
    if step.condition is not None:
        yield step.condition, lambda path: ("recurse", "if", *path), is_unknown_again


def lacking(template: Template, loop: Loop | None, context: JsonObject, is_unknown: IsUnknown) -> list[Reference]:
    """The placeholders of ``template`` that have no value, so that their text would be sent, in its order.

    ``context`` is the object that they read, ``is_unknown`` says of a path (``resources.crm.contacts.id``) that only a
    run knows its value. With a ``loop`` (None: the request has none) they are those without a value for at least one of
    its elements; none where it has no elements, since no call is made. Raises ``NotAnArray`` for a loop over something
    else, ``TemplateError`` for what can't be rendered at all.
    """
    if loop is not None:
        rendered = looped_over(loop, context, is_unknown)
        if not rendered.unresolved:
            return _in_loop(template, loop, context, is_unknown, loop_elements(loop, rendered.value))
    return template.without_value(context, is_unknown)


def _in_loop(
    template: Template, loop: Loop, context: JsonObject, is_unknown: IsUnknown, elements: list[JsonValue]
) -> list[Reference]:
    """Those that have no value for at least one element; none where there is no element, since no call is made."""
    if not elements:
        return []
    doubtful = {
        reference
        for reference in template.references
        if reads_element(reference, loop) and not surely_in_all(reference, loop, elements)
    }
    missing: set[Reference] = set()
    bound, owner, key = opened(context, loop.segments)
    owner[key] = elements[0]  # type: ignore[index]  # the key is of this container
    missing.update(template.without_value(bound, is_unknown, lambda each: each not in doubtful))
    for element in elements:
        open_still = doubtful - missing
        if not open_still:
            break
        owner[key] = element  # type: ignore[index]  # as above
        if template.may_lack(bound):
            missing.update(template.without_value(bound, is_unknown, open_still.__contains__))
    return [reference for reference in template.references if reference in missing]
