"""The strings and numbers that rules look at, found in one pass over the requests and arguments."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode
from batchctl.patterns import lazy_regex
from batchctl.redaction import is_secret_name
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batchctl.definition.model import Templated
    from batchctl.json_types import DataPath, JsonObject, JsonValue

_MAX_EXACT = 2**53
_FOREIGN = lazy_regex(r"\{\{\{?\s*[#/^>!&]")
_ROOTS = ("args.", "resources.")
# No key of a known form is shorter.
_MIN_KEY_LENGTH = 15

# The same few names stand in many requests.
_is_secret_name = lru_cache(maxsize=4096)(is_secret_name)


class Leaves(Struct):
    """The strings and integers of a definition that rules look at, found in one pass.

    Each is with its node and the path inside that; for an argument with None and the path from the top. ``strings``
    have a brace, so that they may have a placeholder; ``suspects``, with the nearest key as last item, are long enough
    for a secret or under a key that sounds like one; ``integers`` are beyond 2**53. Expressions are left out.
    ``foreign`` are the strings, by index of the node and path, whose braces are those of another template language
    (``{{#each}}``). ``bare`` begin like a path (``args.``) and have no brace; ``keys`` are those of mappings in a node
    that have braces, with the path of the key; ``values`` are the arguments in the file that have braces, with the
    path from the top.
    """

    strings: list[tuple[Templated, DataPath, str]] = field(default_factory=list)
    suspects: list[tuple[Templated | None, DataPath, str, str]] = field(default_factory=list)
    # Where the strings are templates of another kind: {{#each}}, {{/if}}, {{> part}}.
    foreign: set[tuple[int, DataPath]] = field(default_factory=set)
    integers: list[tuple[Templated | None, DataPath, int]] = field(default_factory=list)
    bare: list[tuple[Templated, DataPath, str]] = field(default_factory=list)
    keys: list[tuple[Templated, DataPath, str]] = field(default_factory=list)
    values: list[tuple[DataPath, str]] = field(default_factory=list)


def gather(nodes: Iterable[Templated], args: JsonObject, is_written: Callable[[DataPath], bool]) -> Leaves:
    """The leaves of ``args``, of the keys of requests that have placeholders, and of the config of sync job nodes.

    ``is_written`` gets a path from the top and says whether the file has it; an argument from outside is looked through
    only where it may have an integer beyond 2**53.
    """
    found = Leaves()
    for name, value in args.items():
        path = ("args", name)
        if is_written(path) or not _holds_no_long_integer(value):
            _descend(found, None, {name: value}, ("args",), "args")
    for node in nodes:
        _descend(found, node, _parts(node), (), "")
    return found


def _parts(node: Templated) -> JsonObject:
    if isinstance(node, SyncNode):
        config = node.config.get("config") if node.kind == "destination" else node.config
        if not isinstance(config, dict):
            return {"config": config}
        return {"config": {key: value for key, value in config.items() if key != node.expression_key}}
    parts: JsonObject = {"id": node.id, "loop_on": node.loop_on, "integrated_account_id": node.account}
    for name, value in (("query", node.query), ("body", node.body)):
        if isinstance(value, dict):
            parts[name] = value
    if node.recurse is not None:
        config = {name: value for name, value in node.recurse.config.items() if name == "id" or isinstance(value, dict)}
        parts["recurse"] = {"if": node.recurse.condition, "config": config}
    return parts


def _holds_no_long_integer(value: JsonValue) -> bool:
    """Whether there is surely none in a value, however many are in it; False may mean that it nests deeper."""
    items = value if isinstance(value, list) else [value]
    kinds = set(map(type, items))
    if dict in kinds and len(kinds) == 1:
        items = list(chain.from_iterable(map(dict.values, items)))  # type: ignore[arg-type]  # objects
        kinds = set(map(type, items))
    if dict in kinds or list in kinds:
        return False
    numbers = [each for each in items if type(each) is int] if int in kinds else []
    return not numbers or (min(numbers) >= -_MAX_EXACT and max(numbers) <= _MAX_EXACT)


def _descend(found: Leaves, node: Templated | None, value: JsonValue, path: DataPath, name: str) -> None:
    """As deep as a file may nest, which is not deep. ``name`` is the nearest key."""
    for step, item in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        if isinstance(step, str):
            name = step
            if node is not None and "{{" in step:
                found.keys.append((node, (*path, step), step))
        if isinstance(item, str):
            if node is not None and ("{" in item or "}" in item):
                found.strings.append((node, (*path, step), item))
                if _FOREIGN.search(item):
                    found.foreign.add((node.index, (*path, step)))
            elif node is not None and item.startswith(_ROOTS):
                found.bare.append((node, (*path, step), item))
            if node is None and "{{" in item:
                found.values.append(((*path, step), item))
            if len(item) >= _MIN_KEY_LENGTH or _is_secret_name(name):
                found.suspects.append((node, (*path, step), item, name))
        elif isinstance(item, dict | list):
            _descend(found, node, item, (*path, step), name)
        elif isinstance(item, int) and not -_MAX_EXACT <= item <= _MAX_EXACT:
            found.integers.append((node, (*path, step), item))
