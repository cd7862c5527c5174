"""What a resource's templates read: arguments, or records of nodes before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request
from batchctl.template import parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.expression import Analysis
    from batchctl.template import Reference, Template

Segments = tuple[object, ...]
# What every placeholder and expression can read.
ROOTS = ("args", "resources")


@dataclass(frozen=True, slots=True)
class Read:
    """One path that a placeholder tries; ``segments[0]`` is its root (``args``, ``resources``…)."""

    reference: Reference
    path: str
    segments: Segments


def reads(template: Template) -> tuple[Read, ...]:
    """Every path that the template's placeholders may read, in the order of the text."""
    return tuple(read for reference in template.references for read in reads_of(reference))


def reads_of(reference: Reference) -> Iterator[Read]:
    """The paths that one placeholder tries."""
    for alternative in reference.alternatives:
        yield Read(reference, alternative.path, parse_path(alternative.path))


def address(node: Resource) -> tuple[str, ...]:
    """Where a node's records stand below ``resources``: a request's by its resource, another's by its name."""
    return tuple(node.resource.split("/")) if isinstance(node, Request) else (node.key,)


def reads_node(segments: Segments, node: Resource) -> bool:
    """Whether a path leads to the records of ``node``, into them, or to an object that holds them.

    What an add_context adds may be any name beside ``args`` and ``resources``.
    """
    if isinstance(node, AddContext):
        return bool(segments) and segments[0] not in ROOTS
    steps = ("resources", *address(node))
    shared = min(len(steps), len(segments))
    return bool(segments) and segments[:shared] == steps[:shared]


def may_read(analysis: Analysis, node: Resource) -> bool:
    """Whether an expression may read records of ``node``: it does, or takes what holds them as a whole."""
    if analysis.wildcards or analysis.takes_everything:
        return True
    return any(reads_node(path.segments, node) for path in analysis.paths)
