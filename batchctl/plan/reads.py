"""What a resource's templates read: arguments, or records of nodes before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.definition.model import AddContext, Request
from batchctl.structs import Struct
from batchctl.template import parse_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from batchctl.definition.model import Resource
    from batchctl.expression import Analysis
    from batchctl.template import Reference, Template


class Places(Protocol):
    """The nodes of a definition by key, and where their records can be read; ``DefinitionGraph`` is one."""

    @property
    def nodes(self) -> Mapping[str, Resource]:
        """The nodes of the graph by their keys."""

    def places(self, key: str) -> tuple[tuple[str, ...], ...]:
        """The addresses below ``resources`` where the records of node ``key`` can be read: ``("crm", "contacts")``."""


Segments = tuple[object, ...]
"""The steps of a path: ``resources.crm.contacts.0.id`` → ``("resources", "crm", "contacts", 0, "id")``."""
# What every placeholder and expression can read.
ROOTS = ("args", "resources")
# What those of a sync job can read of its run beside that.
RUN_ROOTS = ("sync_job_run", "previous_run_date")


class Read(Struct, frozen=True):
    """One of the paths that a placeholder reads: with ``{{a|b}}`` there are two.

    ``path`` is its text; ``segments`` are its steps, of which the first is its root (``args``, ``resources``…).
    """

    reference: Reference
    path: str
    segments: Segments


def reads(template: Template) -> tuple[Read, ...]:
    """Every path that the template's placeholders may read, in the order of the text."""
    return tuple(read for reference in template.references for read in reads_of(reference))


def reads_of(reference: Reference) -> Iterator[Read]:
    """The paths that one placeholder reads, in the order in which it tries them."""
    for alternative in reference.alternatives:
        yield Read(reference, alternative.path, parse_path(alternative.path))


def address(node: Resource) -> tuple[str, ...]:
    """Where a node's records can be read below ``resources``: for ``crm/contacts`` it is ``("crm", "contacts")``.

    A node that is no request has its name as the only step.
    """
    return tuple(node.resource.split("/")) if isinstance(node, Request) else (node.key,)


def reads_node(segments: Segments, node: Resource) -> bool:
    """Whether a path reads records of ``node``, a part of them, or an object that holds them.

    ``segments`` are the path's steps, its root (``resources``) included. For an add_context it is whether the path may
    read what that adds: at ``resources.NAME``, or by a name that is neither ``args`` nor ``resources``.
    """
    if isinstance(node, AddContext) and segments and segments[0] not in ROOTS:
        return True
    return bool(segments) and on_one_line(segments, ("resources", *address(node)))


def reads_records(segments: Segments, graph: Places, key: str) -> bool:
    """Whether a path reads records of the node ``key``, which may also be at the addresses of nodes before it.

    ``segments`` are the path's steps, its root (``resources``) included.
    """
    if isinstance(graph.nodes[key], AddContext):
        return reads_node(segments, graph.nodes[key])
    return bool(segments) and any(on_one_line(segments, ("resources", *place)) for place in graph.places(key))


def on_one_line(one: Segments, other: Segments) -> bool:
    """Whether one of two paths begins with the other: what is at the longer is a part of what is at the shorter."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def may_add(node: AddContext, name: str, words: Collection[str]) -> bool:
    """Whether the add_context ``node`` may add the key ``name``: its expression has it, or is no object literal.

    ``words`` are the names and strings in that expression.
    """
    return name in words or not node.expression.lstrip().startswith("{")


def may_read(analysis: Analysis, graph: Places, key: str) -> bool:
    """Whether an expression may read records of the node ``key``, by their path or as part of a larger object.

    ``analysis`` is the expression's.
    """
    if analysis.wildcards or analysis.takes_everything:
        return True
    return any(reads_records(path.segments, graph, key) for path in analysis.paths)
