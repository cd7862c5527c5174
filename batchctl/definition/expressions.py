"""Which texts of a definition are JSONata; and those that YAML cuts short, at a ``#`` that starts a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.shape import resource_key
from batchctl.diagnostics import Span
from batchctl.diagnostics.kinds import problem
from batchctl.json_types import DataPath, value_at
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject
    from batchctl.yaml12.source import Source

_COMMENT = lazy_regex(r"[ \t]+#")
_ADVICE = 'put the expression on the lines below "{key}: |", or in quotes'


# Below a node.
_FIELDS: frozenset[DataPath] = frozenset(
    {("query",), ("body",), ("run_if",), ("config", "expression"), ("config", "value_expression")}
    | {("recurse", "config", "query")}
)
_OF_JOB: DataPath = ("args_validation",)


def is_expression(path: DataPath) -> bool:
    """Whether a text at ``path`` of a definition's data is JSONata, in which ``$`` and braces are no variables."""
    return path == _OF_JOB or (path[:1] == ("resources",) and path[2:] in _FIELDS)


def cut_expressions(root: JsonObject, source: Source) -> Iterator[Diagnostic]:
    """A warning for each expression without quotes that YAML ends early, at a ``#`` which it takes for a comment.

    ``root`` is the file's data, ``source`` has its text.
    """
    if _COMMENT.search(source.text) is None:
        return
    resources = root.get("resources")
    nodes = range(len(resources)) if isinstance(resources, list) else ()
    for path in (_OF_JOB, *(("resources", index, *field) for index in nodes for field in _FIELDS)):
        if isinstance(value_at(root, path), str):
            yield from _check(path, source, resource_key(value_at(root, path[:2])))


def _check(path: DataPath, source: Source, resource: str | None) -> Iterator[Diagnostic]:
    rest, where = source.rest_of_line(path)
    comment = _COMMENT.match(rest)
    if source.style(path) or comment is None:
        return
    start = where.start._replace(column=where.start.column + comment.end() - 1)
    message = "YAML takes the rest of this line for a comment, not for a part of the expression"
    advice = _ADVICE.format(key=path[-1])
    yield problem("comment-cuts-expression", message, Span(start, where.end), help=advice, path=path, resource=resource)
