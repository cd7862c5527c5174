"""The placeholders of a file's requests, and the paths that they read."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from batchctl.plan.reads import reads_of
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.definition.model import Request
    from batchctl.plan.reads import Read
    from batchctl.rules.views.leaves import Leaves
    from batchctl.template import Reference


class Placeholders:
    """Every ``{{…}}`` in the ``id``, ``query``, ``body``, ``loop_on`` and ``recurse`` of requests."""

    def __init__(self, requests: Sequence[Request], leaves: Leaves) -> None:
        self._requests = requests
        self._leaves = leaves

    @cached_property
    def references(self) -> tuple[tuple[Request, Reference], ...]:
        """Each with its request; ``path`` leads from the resource to the placeholder's string."""
        return tuple(
            (node, replace(reference, path=path))
            for node, path, text in self._leaves.strings
            for reference in _references(text)
        )

    @cached_property
    def reads(self) -> tuple[tuple[Request, Read], ...]:
        """Every path that a placeholder reads, alternatives included."""
        return tuple((node, read) for node, reference in self.references for read in reads_of(reference))

    @cached_property
    def by_node(self) -> Mapping[int, Sequence[Read]]:
        """The same, by the request's index."""
        found: dict[int, list[Read]] = {node.index: [] for node in self._requests}
        for node, read in self.reads:
            found[node.index].append(read)
        return found


@cache
def _references(text: str) -> tuple[Reference, ...]:
    return compile_template(text).references
