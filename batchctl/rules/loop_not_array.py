"""``loop_on`` leads to something that is not an array, so there is nothing to loop over.

Why:
    ``loop_on: user_ids`` repeats the request for each element of the argument ``user_ids``.

Fails:
    args: {user_ids: u1}
    resources:
      - resource: crm/users
        method: get
        id: "{{args.user_ids}}"
        loop_on: args.user_ids

Passes:
    args: {user_ids: [u1, u2]}
    resources:
      - resource: crm/users
        method: get
        id: "{{args.user_ids}}"
        loop_on: args.user_ids

Fix:
    Make the argument a list.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.plan.loops import NotAnArray, actual_loop, loop_elements, nearest_path
from batchctl.plan.reads import reads_records
from batchctl.rules.finding import Blame
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.definition.model import Request
    from batchctl.plan.loops import Loop
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


# The roots alone.
_ROOTS = (("args",), ("resources",))


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``loop_on`` that is not a path, or whose value is known to be missing or to be no array."""
    for node, loop in subject.loops.pathless:
        meant = nearest_path(loop)
        advice = f"write {meant}" if meant else "between dots are letters, digits, _, - and /: rename the argument"
        yield subject.finding(
            node, "loop_on", f"loop_on: {shortened(node.loop_on or loop.over)} is not a path", help=advice
        )
    yield from _over_context(subject)
    for node, loop in subject.loops.all:
        if loop.segments in _ROOTS or _is_half_an_address(subject, loop):
            yield subject.finding(
                node, "loop_on", f"loop_on: {loop.over} is an object, not an array", help=_below(subject, loop)
            )
        elif _is_astray(subject, node, loop):
            yield subject.finding(
                node,
                "loop_on",
                f'loop_on: {loop.over} has no value: "{node.key}" depends on no resource with records there',
                help=_below(subject, loop),
            )
        if len(loop.segments) < 2 or loop.segments[0] != "args" or node.index in subject.loops.over_context:
            continue
        name = loop.segments[1]
        if name not in subject.arguments.values and name in subject.arguments.declared:
            continue
        try:
            loop_elements(loop, subject.loops.value(loop))
        except NotAnArray as error:
            value = subject.loops.value(loop)
            yield subject.finding(
                node,
                "loop_on",
                str(error),
                help=f"make {loop.over} a list",
                blame=Blame(loop.segments[1:], [value] if isinstance(value, str | int) else None),
            )


def _over_context(subject: Subject) -> Iterator[Finding]:
    """Loops over keys of the account's context, where their value is given."""
    context = subject.given.context
    for node, written in subject.loops.all:
        name = subject.loops.over_context.get(node.index)
        if name not in context:
            continue
        loop = actual_loop(written, subject.arguments.values, context)
        try:
            loop_elements(loop, loop.template.render({**context, "args": subject.arguments.values}))
        except NotAnArray as error:
            yield subject.finding(node, "loop_on", str(error), help=f"make {loop.over} of the account's context a list")
        except TemplateError:
            # Another rule's.
            continue


def _is_astray(subject: Subject, node: Request, loop: Loop) -> bool:
    """Whether a loop without braces leads below ``resources`` to no resource before it; those in braces are read."""
    if loop.segments[0] != "resources" or len(loop.segments) < 2 or "{" in (node.loop_on or ""):
        return False
    if subject.dependencies.is_unresolvable(node.key):
        return False
    before = (*subject.graph.ancestors(node.key), *subject.graph.contexts(node.key))
    return not any(reads_records(loop.segments, subject.graph, key) for key in before)


def _is_half_an_address(subject: Subject, loop: Loop) -> bool:
    """Whether it ends before records, at ``resources.crm`` of ``crm/contacts``, or at the object of an add_context."""
    if loop.segments[0] != "resources":
        return False
    if len(loop.segments) == 2 and loop.segments[1] in subject.graph.values:
        return True
    addresses = {("resources", *place) for node in subject.resources for place in subject.graph.places(node.key)}
    longer = [each for each in addresses if each[: len(loop.segments)] == loop.segments]
    return bool(longer) and loop.segments not in addresses


def _below(subject: Subject, loop: Loop) -> str:
    """What there is to loop over below a root."""
    if loop.segments == ("args",):
        lists = [name for name, value in subject.arguments.values.items() if isinstance(value, list)]
        names = lists or sorted({*subject.arguments.values, *subject.arguments.declared})
        return f"write {_any_of([f'args.{name}' for name in names]) or 'args.NAME, for an argument that is a list'}"
    if len(loop.segments) == 2 and loop.segments[1] in subject.graph.values:
        members = subject.records.members(loop.segments)
        return f"write {_any_of([f'{loop.over}.{name}' for name in members or ['KEY']])}, for a key that holds a list"
    nodes = dict.fromkeys(address for node in subject.resources for address in subject.graph.places(node.key)[:1])
    paths = _any_of([f"resources.{'.'.join(address)}.FIELD" for address in nodes])
    return f"what depends on a resource runs once per record without loop_on; for a list in a record: {paths}"


def _any_of(names: Sequence[str]) -> str:
    shown = [shortened(name) for name in names[:3]]
    return " or ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
