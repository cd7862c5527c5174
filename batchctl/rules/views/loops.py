"""The loops of a file's requests, and what the arguments make of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.plan.loops import context_name, looped_over, read_loop
from batchctl.plan.reads import ROOTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.definition.model import Request
    from batchctl.json_types import JsonObject
    from batchctl.plan.loops import Loop


class Loops:
    """The ``loop_on`` of every request of a definition, and what the arguments give it to loop over.

    ``declared`` are the names of arguments in ``args_schema``. Requests are in the order of the file.
    """

    def __init__(self, requests: Sequence[Request], args: JsonObject, declared: frozenset[str]) -> None:
        self._requests = requests
        self._args = args
        self._declared = declared
        self._values: dict[str, object] = {}

    @cached_property
    def all(self) -> tuple[tuple[Request, Loop], ...]:
        """The requests whose ``loop_on`` is a path, each with that as a ``Loop``."""
        return tuple((node, loop) for node, loop in self._written if loop.is_path)

    @cached_property
    def by_node(self) -> Mapping[int, Loop]:
        """The loops that are paths, by the index of their request in ``resources``."""
        return {node.index: loop for node, loop in self.all}

    @cached_property
    def pathless(self) -> tuple[tuple[Request, Loop], ...]:
        """The requests whose ``loop_on`` is not a path, each with that as a ``Loop``.

        Those with a faulty placeholder, which other rules report, are left out.
        """
        return tuple((node, loop) for node, loop in self._written if not loop.is_path and "{{" not in loop.over)

    @cached_property
    def _written(self) -> tuple[tuple[Request, Loop], ...]:
        return tuple((node, loop) for node in self._requests if (loop := read_loop(node.loop_on)))

    @cached_property
    def over_context(self) -> Mapping[int, object]:
        """The names that only the account's context can have, by the index of the request that loops over them.

        The index is that in ``resources``. A bare name in ``loop_on`` is an argument, or a key of the context; a path
        in braces with another root than ``args`` and ``resources`` can only be a key. Source: Truto's page on what is
        in scope in sync jobs.
        """
        named = ((node.index, self._of_context(loop)) for node, loop in self.all)
        return {index: name for index, name in named if name is not None}

    def _of_context(self, loop: Loop) -> object:
        """The name that the loop goes over where only the account's context can have it; else None."""
        bare = context_name(loop, self._args, self._declared)
        return loop.segments[0] if bare is None and loop.segments[0] not in ROOTS else bare

    def value(self, loop: Loop) -> object:
        """What ``loop`` goes over by the arguments alone, a JSON value; None where these have no value for it."""
        if loop.over not in self._values:
            try:
                value = looped_over(loop, {"args": self._args}).value
            except TemplateError:
                value = None
            self._values[loop.over] = value
        return self._values[loop.over]

    @cached_property
    def faulty(self) -> Mapping[int, object]:
        """The names of arguments that are looped over and are no list, by the request's index in ``resources``."""
        return {
            node.index: loop.segments[1]
            for node, loop in self.all
            if node.index not in self.over_context
            and loop.segments[:1] == ("args",)
            and len(loop.segments) > 1
            and not (loop.segments[1] not in self._args and loop.segments[1] in self._declared)
            and not isinstance(self.value(loop), list)
        }
