"""The data of a definition → a file that says exactly that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from batchctl.definition.loading import read
from batchctl.errors import UsageError
from batchctl.formatting import Unformattable, format_text
from batchctl.formatting.scalars import double_quoted
from batchctl.json_types import write_json
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.scalars import OLD_BOOLEANS, UnusableNumber, resolve
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.json_types import DataPath, JsonObject, JsonValue

# What identifies a sync job, in this order.
_IDENTITY = ("id", "label", "integration_name", "environment_id", "created_at", "updated_at")
# Text that needs no quotes in any YAML.
_PLAIN = re.compile(r"[A-Za-z_/.][\w/.@+-]*(?: [\w/.@+-]+)*", re.ASCII)
_EXPRESSIONS = frozenset(
    {("query",), ("body",), ("run_if",), ("config", "expression"), ("config", "value_expression")}
    | {("recurse", "config", "query")}
)


def written(data: JsonObject, notes: Sequence[str] = (), *, variables: bool = False) -> str:
    """A definition as YAML, with ``notes`` as comments on top.

    ``variables`` keeps the ``${VAR}`` in it; without, they are text. Raises ``UsageError`` where the file would not be
    read as the same data.
    """
    lines = [f"# {note}" for note in notes]
    body = "\n".join(_lines(data if variables else _escaped(data, ()), 0))
    try:
        text = format_text("\n".join([*lines, body]) + "\n", keeps_order=True)
    except Unformattable as error:
        raise UsageError(f"the definition can't be written as YAML: {error}") from error
    if not variables and _read_back(text) != json.dumps(data):
        raise UsageError("the definition can't be written as YAML that says the same", hint="keep it as JSON")
    return text


def _read_back(text: str) -> str:
    data = read(text, environment={}).data
    return json.dumps(data if isinstance(data, dict) else parse_yaml(SourceText(text)).tree.root)


def _escaped(value: JsonValue, path: DataPath) -> JsonValue:
    """With every ``${`` marked as text, but in expressions, where it is none of ours."""
    if isinstance(value, str):
        in_node = len(path) > 2 and path[0] == "resources" and path[2:] in _EXPRESSIONS
        is_expression = in_node or path == ("args_validation",)
        return value if is_expression else value.replace("${", "$${")
    if isinstance(value, dict):
        return {key: _escaped(item, (*path, key)) for key, item in value.items()}
    return [_escaped(item, (*path, number)) for number, item in enumerate(value)] if isinstance(value, list) else value


def _lines(value: JsonValue, indent: int) -> Iterator[str]:
    margin = " " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            head = f"{margin}{_scalar(key)}:"
            if isinstance(item, dict | list) and item:
                yield head
                yield from _lines(item, indent + 2)
            else:
                yield f"{head} {_scalar(item)}"
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list) and item:
                first, *rest = _lines(item, indent + 2)
                yield f"{margin}- {first[indent + 2 :]}"
                yield from rest
            else:
                yield f"{margin}- {_scalar(item)}"


def _scalar(value: JsonValue) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and len(value) < 80 and _is_text(value):
        return value
    return double_quoted(value) if isinstance(value, str) else json.dumps(value)


def _is_text(value: str) -> bool:
    try:
        return isinstance(resolve(value), str) and value not in OLD_BOOLEANS and value not in ("y", "Y", "n", "N", "=")
    except UnusableNumber:
        return False


def job_text(job: JsonObject, *, as_json: bool = False) -> str:
    """A sync job as Truto has it, as the text of a file: what identifies it first, nothing that is null."""
    if as_json:
        return write_json(job, indent=2) + "\n"
    first = {key: job[key] for key in _IDENTITY if key in job}
    return written({**first, **{key: value for key, value in job.items() if value is not None}})
