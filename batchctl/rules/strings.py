"""The strings of a request in which placeholders may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import JsonValue, Request
    from batchctl.definition.source import Path


def placed_strings(node: Request) -> Iterator[tuple[Path, str]]:
    """Those with a brace in them, each with its path from the resource; expressions are left out."""
    parts: dict[str, JsonValue] = {"id": node.id, "loop_on": node.loop_on}
    parts |= {name: value for name in ("query", "body") if isinstance(value := getattr(node, name), dict)}
    if node.recurse is not None:
        parts["recurse"] = {"if": node.recurse.condition, "config": dict(node.recurse.config)}
    pending: list[tuple[Path, JsonValue]] = [((), parts)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(((*path, name), item) for name, item in value.items())
        elif isinstance(value, list):
            pending.extend(((*path, index), item) for index, item in enumerate(value))
        elif isinstance(value, str) and ("{" in value or "}" in value):
            yield path, value


def strings(node: Request) -> Iterator[str]:
    """The same without their places."""
    for _, text in placed_strings(node):
        yield text
