"""JSONata that YAML cuts short: after a blank, ``#`` starts a comment, and the rest of the line is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.shape import resource_key
from batchctl.diagnostics import Span
from batchctl.diagnostics.kinds import problem
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source

_COMMENT = lazy_regex(r"[ \t]+#")
_ADVICE = 'put the expression on the lines below "{key}: |", or in quotes'


def cut_expressions(root: JsonObject, source: Source) -> Iterator[Diagnostic]:
    """A warning for each expression without quotes that YAML ends early, at a ``#`` which it takes for a comment.

    ``root`` is the file's data, ``source`` has its text.
    """
    if _COMMENT.search(source.text) is None:
        return
    resources = root.get("resources")
    for index, resource in enumerate(resources if isinstance(resources, list) else ()):
        if isinstance(resource, dict):
            for path in _expression_paths(resource, ("resources", index)):
                yield from _check(path, source, resource_key(resource))


def _expression_paths(resource: JsonObject, path: DataPath) -> Iterator[DataPath]:
    for key in ("query", "body", "run_if"):
        if isinstance(resource.get(key), str):
            yield (*path, key)
    config: JsonValue = resource.get("config")
    if isinstance(config, dict) and isinstance(config.get("expression"), str):
        yield (*path, "config", "expression")


def _check(path: DataPath, source: Source, resource: str | None) -> Iterator[Diagnostic]:
    rest, where = source.rest_of_line(path)
    comment = _COMMENT.match(rest)
    if source.style(path) or comment is None:
        return
    start = where.start._replace(column=where.start.column + comment.end() - 1)
    message = "YAML takes the rest of this line for a comment, not for a part of the expression"
    advice = _ADVICE.format(key=path[-1])
    yield problem("comment-cuts-expression", message, Span(start, where.end), help=advice, path=path, resource=resource)
