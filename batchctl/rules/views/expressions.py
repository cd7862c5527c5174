"""The JSONata expressions of a file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, SyncNode, Transform
from batchctl.diagnostics import Severity
from batchctl.expression import check_syntax
from batchctl.plan.forms import analysed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.definition.model import Resource
    from batchctl.expression import Analysis, ExpressionError, FunctionUse
    from batchctl.json_types import DataPath, JsonValue


class Expressions:
    """The JSONata expressions of a definition.

    They are in transforms, ``add_context`` and states, in ``run_if``, and where ``query`` or ``body`` is text. All
    results are in the order of the nodes in the file. ``root`` is the file as data; ``above`` are the expressions in
    it that are outside of the nodes, each with its path.
    """

    def __init__(self, resources: Sequence[Resource], root: JsonValue = None) -> None:
        self._resources = resources
        self._root = root

    @cached_property
    def above(self) -> tuple[tuple[DataPath, str], ...]:
        """The ``args_validation`` of a sync job, and what tests expect: the path from the top of the file, the text."""
        root = self._root if isinstance(self._root, dict) else {}
        found: list[tuple[DataPath, JsonValue]] = [(("args_validation",), root.get("args_validation"))]
        tests = root.get("x-tests")
        for number, test in enumerate(tests if isinstance(tests, list) else ()):
            expected = test.get("expect") if isinstance(test, dict) else None
            path = ("x-tests", number, "expect")
            found += [((*path, item), each) for item, each in enumerate(expected)] if isinstance(expected, list) else ()
            found.append((path, expected))
        return tuple((path, text) for path, text in found if isinstance(text, str))

    @cached_property
    def texts(self) -> tuple[tuple[Resource, DataPath, str], ...]:
        """Every expression: its node, the path to it inside the node, its text."""
        return tuple((node, path, text) for node in self._resources for path, text in _expressions(node))

    @cached_property
    def text_at(self) -> Mapping[tuple[int, DataPath], str]:
        """The text of each expression by its place: the index of its node, and the path to it inside the node."""
        return {(node.index, steps): text for node, steps, text in self.texts}

    @cached_property
    def faults(self) -> Mapping[str, ExpressionError]:
        """The syntax error of each expression that has one, by its text."""
        checked = {text: check_syntax(text) for text in dict.fromkeys(text for _, _, text in self.texts)}
        return {text: error for text, error in checked.items() if error is not None}

    @cached_property
    def analyses(self) -> tuple[tuple[Resource, DataPath, Analysis], ...]:
        """What every expression without a syntax error uses, with its node and the path to it inside the node."""
        return tuple((node, path, analysed(text)) for node, path, text in self.texts if text not in self.faults)

    @cached_property
    def function_uses(self) -> tuple[tuple[Resource, DataPath, FunctionUse], ...]:
        """Every use of a function that the expression does not define itself, with node and path to the expression."""
        return tuple(
            (node, path, use)
            for node, path, analysis in self.analyses
            for use in analysis.functions
            if use.name not in analysis.variables
        )

    @cached_property
    def read_everything(self) -> bool:
        """Whether an expression reads all of its input, or has a wildcard, so that anything may be read."""
        return any(each.takes_everything or each.wildcards for _, _, each in self.analyses)


def severity_above(path: DataPath) -> Severity | None:
    """How bad a mistake in the expression at ``path``, outside of the nodes, is; None: as bad as the rule says.

    What a test expects changes nothing of what is sent.
    """
    return Severity.WARNING if path[0] == "x-tests" else None


def _expressions(node: Resource) -> Iterator[tuple[DataPath, str]]:
    if isinstance(node, Request):
        yield from (((part,), text) for part in ("query", "body") if isinstance(text := getattr(node, part), str))
    elif isinstance(node, Transform | AddContext):
        yield ("config", "expression"), node.expression
    elif isinstance(node, SyncNode) and node.expression is not None:
        yield ("config", node.expression_key), node.expression
    if isinstance(node, Request) and node.recurse and isinstance(text := node.recurse.config.get("query"), str):
        yield ("recurse", "config", "query"), text
    if node.run_if:
        yield ("run_if",), node.run_if
