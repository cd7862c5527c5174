"""The JSONata expressions of a file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, SyncNode, Transform
from batchctl.expression import check_syntax
from batchctl.plan.forms import analysed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.definition.model import Resource
    from batchctl.expression import Analysis, ExpressionError, FunctionUse
    from batchctl.json_types import DataPath


class Expressions:
    """Every JSONata string: of a transform or ``add_context``, a string ``query`` or ``body``, ``run_if``."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._resources = resources

    @cached_property
    def texts(self) -> tuple[tuple[Resource, DataPath, str], ...]:
        """The resource, the path from there, the text."""
        return tuple((node, path, text) for node in self._resources for path, text in _expressions(node))

    @cached_property
    def faults(self) -> Mapping[str, ExpressionError]:
        """What is wrong with the syntax of expressions, by their text."""
        checked = {text: check_syntax(text) for text in dict.fromkeys(text for _, _, text in self.texts)}
        return {text: error for text, error in checked.items() if error is not None}

    @cached_property
    def analyses(self) -> tuple[tuple[Resource, DataPath, Analysis], ...]:
        """What each of them uses; not of those whose syntax is faulty."""
        return tuple((node, path, analysed(text)) for node, path, text in self.texts if text not in self.faults)

    @cached_property
    def function_uses(self) -> tuple[tuple[Resource, DataPath, FunctionUse], ...]:
        """Every function that an expression uses and does not define itself."""
        return tuple(
            (node, path, use)
            for node, path, analysis in self.analyses
            for use in analysis.functions
            if use.name not in analysis.variables
        )

    @cached_property
    def read_everything(self) -> bool:
        """Whether any of them takes a whole root, or matches names by a wildcard: then nothing is surely unread."""
        return any(each.takes_everything or each.wildcards for _, _, each in self.analyses)


def _expressions(node: Resource) -> Iterator[tuple[DataPath, str]]:
    if isinstance(node, Request):
        yield from (((part,), text) for part in ("query", "body") if isinstance(text := getattr(node, part), str))
    elif isinstance(node, Transform | AddContext):
        yield ("config", "expression"), node.expression
    elif isinstance(node, SyncNode) and isinstance(text := node.config.get("value_expression"), str):
        yield ("config", "value_expression"), text
    if isinstance(node, Request) and node.recurse and isinstance(text := node.recurse.config.get("query"), str):
        yield ("recurse", "config", "query"), text
    if node.run_if:
        yield ("run_if",), node.run_if
