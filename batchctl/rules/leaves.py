"""The strings and numbers of requests that rules look at, found in one pass over a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.definition.model import JsonObject, JsonValue, Request
    from batchctl.definition.source import Path

_MOST_EXACT = 2**53


@dataclass(slots=True)
class Leaves:
    """Strings with a brace in them, in which a placeholder may stand, and integers beyond 2^53.

    A string comes with its request and the path from there; expressions are left out. An integer comes with its
    whole path and the key of its request.
    """

    strings: list[tuple[Request, Path, str]] = field(default_factory=list)
    integers: list[tuple[str | None, Path, int]] = field(default_factory=list)


def gather(requests: Iterable[Request], args: JsonObject) -> Leaves:
    """What there is in ``args`` and in the ``id``, ``query``, ``body``, ``loop_on`` and ``recurse`` of requests."""
    found = Leaves()
    integers: list[tuple[Path, int]] = []
    _descend(args, ("args",), [], integers)
    found.integers += [(None, path, number) for path, number in integers]
    for node in requests:
        strings: list[tuple[Path, str]] = []
        integers = []
        _descend(_parts(node), (), strings, integers)
        found.strings += [(node, path, text) for path, text in strings]
        found.integers += [(node.key, ("resources", node.index, *path), number) for path, number in integers]
    return found


def _parts(node: Request) -> JsonObject:
    parts: JsonObject = {"id": node.id, "loop_on": node.loop_on}
    for name, value in (("query", node.query), ("body", node.body)):
        if isinstance(value, dict):
            parts[name] = value
    if node.recurse is not None:
        config = {name: value for name, value in node.recurse.config.items() if name == "id" or isinstance(value, dict)}
        parts["recurse"] = {"if": node.recurse.condition, "config": config}
    return parts


def _descend(value: JsonValue, path: Path, strings: list[tuple[Path, str]], integers: list[tuple[Path, int]]) -> None:
    """As deep as a file may nest, which is not deep."""
    for step, item in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        kind = type(item)
        if kind is str:
            if "{" in item or "}" in item:  # type: ignore[operator]  # it is a string
                strings.append(((*path, step), item))  # type: ignore[arg-type]  # as above
        elif kind is dict or kind is list:
            _descend(item, (*path, step), strings, integers)
        elif kind is int and not -_MOST_EXACT <= item <= _MOST_EXACT:  # type: ignore[operator]  # it is a number
            integers.append(((*path, step), item))  # type: ignore[arg-type]  # as above
