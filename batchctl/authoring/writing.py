"""The data of a definition → a file that says exactly that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from batchctl.authoring.shell_words import BEGIN, END
from batchctl.definition.expressions import is_expression
from batchctl.definition.loading import read
from batchctl.errors import UsageError
from batchctl.formatting import Unformattable, format_text
from batchctl.formatting.scalars import double_quoted
from batchctl.json_types import write_json
from batchctl.patterns import lazy_regex
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.scalars import OLD_BOOLEANS, UnusableNumber, resolve
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from batchctl.json_types import DataPath, JsonObject, JsonValue

# What identifies a sync job, in this order.
_IDENTITY = ("id", "label", "integration_name", "environment_id", "created_at", "updated_at")
# A variable of the shell that a definition can have, too.
_VARIABLE = lazy_regex(r"[A-Za-z_]\w*(?::-[^{}]*)?", re.ASCII)
# Text that needs no quotes in any YAML.
_PLAIN = lazy_regex(r"[A-Za-z_/.][\w/.@+-]*(?: [\w/.@+-]+)*", re.ASCII)


def written(data: JsonObject, notes: Sequence[str] = (), *, variables: Collection[str] = ()) -> str:
    """The text of a YAML file with the definition ``data``, and with ``notes`` as comments on top.

    Each of ``variables`` is between ``shell_words.BEGIN`` and ``END`` in texts of the data, and becomes ``${VAR}``; any
    ``${VAR}`` in the data itself stays text. Raises ``UsageError`` where the file would not be read as the same data.
    """
    lines = [f"# {note}" for note in notes]
    body = "\n".join(_lines(_escaped(data, (), variables), 0))
    try:
        text = format_text("\n".join([*lines, body]) + "\n", keeps_order=True)
    except Unformattable as error:
        raise UsageError(f"the definition can't be written as YAML: {error}") from error
    if _read_back(text) != json.dumps(data):
        raise UsageError("the definition can't be written as YAML that says the same", hint="keep it as JSON")
    return _with_variables(text, variables)


def _with_variables(text: str, variables: Collection[str]) -> str:
    for name in variables:
        in_quotes = double_quoted(f"{BEGIN}{name}{END}")[1:-1]
        if f"${in_quotes}" in text:
            raise UsageError(f"a $ before the variable {name} can't be written", hint="put in its value")
        first, last = double_quoted(BEGIN)[1:-1], double_quoted(END)[1:-1]
        value = "${" + in_quotes.removeprefix(first).removesuffix(last) + "}"
        # A backslash of the text itself is written as two.
        pieces = re.split(rf"(?<!\\)((?:\\\\)*){re.escape(in_quotes)}", text)
        text = "".join(piece + value * (number % 2) for number, piece in enumerate(pieces))
    return text


def _read_back(text: str) -> str:
    data = read(text, environment={}).data
    return json.dumps(data if isinstance(data, dict) else parse_yaml(SourceText(text)).tree.root)


def _escaped(value: JsonValue, path: DataPath, variables: Collection[str]) -> JsonValue:
    """With every ``${`` marked as text, but in expressions, where it is none of ours."""
    if isinstance(value, str):
        is_jsonata = is_expression(path)
        _check_variables(value, variables, is_literal=is_jsonata)
        return value if is_jsonata else value.replace("${", "$${")
    if isinstance(value, dict):
        for key in value if variables else ():
            _check_variables(key, variables, is_literal=True)
        return {key: _escaped(item, (*path, key), variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item, (*path, number), variables) for number, item in enumerate(value)]
    return value


def _check_variables(text: str, variables: Collection[str], *, is_literal: bool) -> None:
    for name in variables:
        if f"{BEGIN}{name}{END}" not in text:
            continue
        if not _VARIABLE.fullmatch(name):
            raise UsageError(f"only the shell knows what {name} is", hint="put its value in its place")
        if is_literal:
            raise UsageError(
                f"a definition has no variables in expressions and keys, and the shell would put {name} there",
                hint="put its value in its place, or quote the $ for the shell",
            )


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
    """The text of a file, YAML or (``as_json``) JSON, with a sync job as Truto's API returns it.

    In YAML, identifying keys come first, and keys that are null are left out. Raises ``UsageError`` where the YAML
    would not be read as the same data.
    """
    if as_json:
        return write_json(job, indent=2) + "\n"
    first = {key: job[key] for key in _IDENTITY if key in job}
    return written({**first, **{key: value for key, value in job.items() if value is not None}})
