"""Arguments from options and files: ``--arg`` and ``--args-file``, read as strictly as the definition itself."""

from __future__ import annotations

import json
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from batchctl.definition.given import OPTION, Given, InputFile, Origin
from batchctl.definition.usable import require_usable
from batchctl.diagnostics import START, Severity
from batchctl.diagnostics.kinds import problem
from batchctl.errors import UsageError
from batchctl.json_types import NotJson, finite_number, read_json, refuse_constant
from batchctl.redaction import is_secret_name
from batchctl.structs import replace
from batchctl.yaml12.decimals import in_json, in_words, problems_in_json
from batchctl.yaml12.encoding import decode
from batchctl.yaml12.json_text import unique_keys
from batchctl.yaml12.problem_log import shortened
from batchctl.yaml12.source import Source
from batchctl.yaml12.text import SourceText
from batchctl.yaml12.tree_builder import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue


def parse_argument(text: str, read: Callable[[str], bytes], *, option: str = "--arg") -> Given:
    """The argument in the text after ``--arg``: ``name=text``, ``name:=json``, ``name=@file`` or ``name:=@file``.

    ``@file`` is the file's text, with ``:=`` its JSON or YAML; the name ``a.b`` is the key ``b`` in the object ``a``.
    ``read`` takes the path of a file and returns its bytes, or raises ``UsageError``; ``option`` is the option's name
    in messages. Raises ``UsageError`` for a text of another form, and for JSON or a file that can't be read; it never
    shows the value of a name that looks like a secret's.
    """
    name, equals, written = text.partition("=")
    is_json = name.endswith(":")
    name = name.removesuffix(":")
    path = tuple(name.split("."))
    if not equals or not all(path):
        raise UsageError(f'{option} "{name}" is not NAME=TEXT or NAME:=JSON', hint="for example user_id=42")
    is_secret = any(is_secret_name(step) for step in path)
    where = f"{option} {name}{':' if is_json else ''}={'…' if is_secret else shortened(written)}"
    input_files: tuple[InputFile, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    if written.startswith("@"):
        value, input_files = _from_file(written[1:], where, name, read, is_json=is_json)
    elif is_json:
        value = _json(written, option, name)
        remarks = decimals_of(written, value, where, is_secret=is_secret)
    else:
        value = written
    require_usable(value, where)
    origin = Origin(where, OPTION if not is_json and not input_files else "")
    return Given(nested(path, value), origins={path: origin}, input_files=input_files, remarks=remarks)


def read_arguments(data: bytes, file: str) -> Given:
    """The arguments in a JSON or YAML file, which must be a mapping. Raises ``UsageError`` with its first error.

    ``data`` is the file's content, ``file`` its name for people. Warnings (about ``no`` and ``0123``, which YAML
    readers understand differently, and about decimals that are sent differently) are in the field ``input_files`` of
    the result.
    """
    value, input_files = read_value(data, file)
    if not isinstance(value, dict):
        raise UsageError(f"{file} is not a mapping of argument names to values")
    origin = Origin(file)
    return Given(value, origins={(name,): origin for name in value}, input_files=input_files)


def read_value(data: bytes, file: str) -> tuple[JsonValue, tuple[InputFile, ...]]:
    """The value in a JSON or YAML file, and an ``InputFile`` with the warnings about its text (empty for none).

    ``data`` is the file's content, ``file`` its name for people; one that ends in ``.json`` must be JSON. Raises
    ``UsageError`` for anything that can't be read.
    """
    decoded = decode(data)
    if decoded.problem is not None:
        raise UsageError.about(decoded.problem, file)
    text = decoded.text
    if file.lower().endswith(".json") or text.lstrip()[:1] in ("{", "["):
        # Many times faster than reading it as YAML.
        try:
            value, is_exact = _strictly(text, file)
            return (value, ()) if is_exact else _with_decimals(text, value, file)
        except NotJson as error:
            if file.lower().endswith(".json"):
                where = f":{error.line}:{error.column}" if error.line else ""
                raise UsageError(f"{file}{where}: not JSON: {error}") from error
    return _yaml(text, file)


def nested(path: Sequence[str], value: JsonValue) -> JsonObject:
    """``value`` inside a mapping for each name of ``path``: ``("a", "b"), 1`` becomes ``{"a": {"b": 1}}``."""
    for step in reversed(path[1:]):
        value = {step: value}
    return {path[0]: value}


def decimals_of(text: str, value: JsonValue, where: str, *, is_secret: bool = False) -> tuple[Diagnostic, ...]:
    """A warning for each decimal in the JSON ``text`` of ``value`` that is sent differently from how it is written.

    ``where`` is where the text came from, in words. With ``is_secret`` there are no warnings, since they would show it.
    """
    found = []
    for each in in_json(text, value) if not is_secret else ():
        message, advice = in_words(each.written, each.value)
        remark = problem("ambiguous-scalar", f"{message} (from {where})", START, help=advice)
        found.append(replace(remark, origin=where))
    return tuple(found)


def _with_decimals(text: str, value: JsonValue, file: str) -> tuple[JsonValue, tuple[InputFile, ...]]:
    content = SourceText(text)
    problems = problems_in_json(content, value)
    return value, (InputFile(Source(file, content, data=value), problems),) if problems else ()


def _from_file(
    file: str, where: str, name: str, read: Callable[[str], bytes], *, is_json: bool
) -> tuple[JsonValue, tuple[InputFile, ...]]:
    if not file:
        raise UsageError(f"{where} names no file", hint=f"""for the text itself: --arg '{name}:="@"'""")
    try:
        data = read(file)
    except UsageError as error:
        hint = f"""for the text itself: --arg '{name}:={json.dumps("@" + file)}'"""
        raise UsageError(f"{where}: {error}", hint=hint) from error
    if is_json:
        return read_value(data, file)
    decoded = decode(data)
    if decoded.problem is not None:
        raise UsageError(f"{where}: {file}: {decoded.problem.message}", hint=decoded.problem.help)
    return decoded.text, ()


def _json(text: str, option: str, name: str) -> JsonValue:
    # The text is not repeated: it may hold a secret.
    shown = f'{option} "{name}:=…"'
    try:
        return strict_json(text, shown)
    except NotJson as error:
        where = f" (character {error.offset + 1})" if error.line else f": {error}"
        hint = "use NAME=TEXT for a string, or quote it as JSON"
        raise UsageError(f"{shown} is not JSON{where}", hint=hint) from error


# A text of so many characters is read the quick way.
_LARGE = 1 << 16


def strict_json(text: str, file: str) -> JsonValue:
    """The value of a JSON text in which no object has a key twice; ``file`` names its origin in messages.

    Raises ``NotJson`` for text that is no JSON, a key that is there twice and a number beyond what a double holds, and
    ``UsageError`` for what no request can hold: nesting too deep, lone surrogates.
    """
    return _strictly(text, file)[0]


def _strictly(text: str, file: str) -> tuple[JsonValue, bool]:
    """What ``strict_json`` returns, and whether ``text`` surely is what would be written for it, white space aside."""
    if len(text) < _LARGE:
        return _carefully(text, file), False
    from batchctl.json_text import count_keys, value_and_minified, write  # noqa: PLC0415 - imports much for a small text

    try:
        value, minified = value_and_minified(text)
    except (ValueError, RecursionError):
        return _carefully(text, file), False
    # A key that appears twice is written once.
    is_exact = write(value) == minified
    if not is_exact and count_keys(minified) != _members(value):
        return _carefully(text, file), False
    # A walk over a million values takes as long as reading them.
    if minified.count(b"{") + minified.count(b"[") > MAX_DEPTH and _is_too_deep(value):
        return _carefully(text, file), False
    return value, is_exact


def _carefully(text: str, file: str) -> JsonValue:
    """The same, and what is wrong with it in words."""
    try:
        value: JsonValue = json.loads(
            text, parse_constant=refuse_constant, parse_float=_finite, object_pairs_hook=unique_keys
        )
    except (RecursionError, ValueError) as error:
        if isinstance(error, NotJson):
            raise
        value = read_json(text)
    require_usable(value, file)
    return value


def _finite(text: str) -> float:
    """What is too large is not named: it may be a secret."""
    try:
        return finite_number(text)
    except NotJson:
        raise NotJson("a number is too large for JSON") from None


def _is_too_deep(value: JsonValue) -> bool:
    """Whether lists and objects are nested deeper than is allowed."""
    return next(islice(_levels(value), MAX_DEPTH, None), None) is not None


def _members(value: JsonValue) -> int:
    """The number of members of all objects."""
    return sum(sum(map(len, objects)) for objects, _lists in _levels(value))


def _levels(value: JsonValue) -> Iterator[tuple[list[JsonObject], list[list[JsonValue]]]]:
    """The objects and lists of each level, from the outermost one; a million of them mostly in C."""
    level: list[Any] = [value]
    while {dict, list} & (kinds := set(map(type, level))):
        objects, lists = _of(dict, level, kinds), _of(list, level, kinds)
        yield objects, lists
        level = list(chain(chain.from_iterable(map(dict.values, objects)), chain.from_iterable(lists)))


def _of(kind: type, level: list[Any], kinds: set[type]) -> list[Any]:
    """The values in ``level`` of one kind, where these ``kinds`` are in it."""
    return level if kinds == {kind} else [each for each in level if type(each) is kind] if kind in kinds else []


def _yaml(text: str, file: str) -> tuple[JsonValue, tuple[InputFile, ...]]:
    from batchctl.yaml12.reader import parse_yaml  # noqa: PLC0415 - JSON needs no YAML

    content = SourceText(text)
    parsed = parse_yaml(content)
    first = next((found for found in parsed.problems if found.severity is Severity.ERROR), None)
    if first is not None:
        raise UsageError.about(first, file)
    source = Source(file, content, parsed.tree)
    return parsed.tree.root, (InputFile(source, parsed.problems),) if parsed.problems else ()
