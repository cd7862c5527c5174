"""The reference of the file, made of its schema: every key with its type, what it is for, and an example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.definition.schema_documents import NODES, schema_document
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.schema_documents import DefinitionKind

_TYPES = {
    "string": "text",
    "object": "mapping",
    "array": "list",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "null": "null",
}
_TITLES: dict[DefinitionKind, str] = {"batch": "Batch", "sync-job": "Sync job"}
_HEAD = """\
# The file

Every key of a definition, from the schema that `batchctl schema` prints and editors read. Keys that begin with `x-` are
your own; of those, `x-accept`, `x-tags` and `x-tests` mean something. What a key does when a batch runs is in
[semantics](semantics.md), how placeholders are written in [arguments](arguments.md).
"""


def file_reference() -> Iterator[str]:
    """The page of the documentation with every key of a definition, as Markdown, piece by piece."""
    yield _HEAD
    shared: dict[str, Any] = {}
    for kind, title in _TITLES.items():
        schema = schema_document(kind)
        yield f"\n## {title}\n\n{schema['description']}\n\n"
        yield from _table(schema)
        for name in NODES[kind]:
            node = schema["$defs"][name]
            if shared.get(name) == node:
                continue
            shared[name] = node
            yield f"\n### {title}: {name}\n\n{node.get('description', '')}\n\n"
            yield from _table(node)


def _table(schema: dict[str, Any]) -> Iterator[str]:
    yield "| key | | |\n| --- | --- | --- |\n"
    required = schema.get("required", [])
    for name, said in _keys(schema, ""):
        must = ", needed" if name in required else ""
        yield f"| `{name}` | {_type(said)}{must} | {_cell(_about(said))} |\n"


def _keys(schema: dict[str, Any], above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, said in schema.get("properties", {}).items():
        yield f"{above}{name}", said
        yield from _keys(said, f"{above}{name}.")


def _type(said: dict[str, Any]) -> str:
    if "const" in said:
        return f"`{said['const']}`"
    if "enum" in said:
        return ", ".join(f"`{value}`" for value in said["enum"])
    types = said.get("type", [])
    return " or ".join(_TYPES[each] for each in ([types] if isinstance(types, str) else types)) or "anything"


def _about(said: dict[str, Any]) -> str:
    parts = [str(said.get("description", ""))]
    if "default" in said:
        parts.append(f"Default: `{write_json(said['default'])}`.")
    examples = said.get("examples", [])
    if examples:
        parts.append(f"Such as {', '.join(f'`{_example(each)}`' for each in examples[:3])}.")
    return " ".join(filter(None, parts))


def _example(value: object) -> str:
    return value if isinstance(value, str) else write_json(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
