"""The placeholders of a file's nodes, and the paths that they read."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from batchctl.plan.reads import reads_of
from batchctl.structs import replace
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.definition.model import Templated
    from batchctl.plan.reads import Read
    from batchctl.rules.views.leaves import Leaves
    from batchctl.template import Reference


class Placeholders:
    """The placeholders in the requests of a definition, and in the config of nodes that only sync jobs have.

    Those of one node come after those of the nodes before it in the file.
    """

    def __init__(self, nodes: Sequence[Templated], leaves: Leaves) -> None:
        self._nodes = nodes
        self._leaves = leaves

    @cached_property
    def references(self) -> tuple[tuple[Templated, Reference], ...]:
        """Every placeholder with its node; its ``path`` leads from the node to the string around it."""
        return tuple(
            (node, replace(reference, path=path))
            for node, path, text in self._leaves.strings
            for reference in _references(text)
        )

    @cached_property
    def reads(self) -> tuple[tuple[Templated, Read], ...]:
        """Every path that a placeholder reads, with the node; one with alternatives reads several."""
        return tuple((node, read) for node, reference in self.references for read in reads_of(reference))

    @cached_property
    def by_node(self) -> Mapping[int, Sequence[Read]]:
        """The paths that a node's placeholders read, by the index of the node in ``resources``.

        A node whose placeholders read none has an empty list.
        """
        found: dict[int, list[Read]] = {node.index: [] for node in self._nodes}
        for node, read in self.reads:
            found[node.index].append(read)
        return found


@cache
def _references(text: str) -> tuple[Reference, ...]:
    return compile_template(text).references
