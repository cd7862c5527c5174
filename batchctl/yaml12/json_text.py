"""What is particular to JSON. YAML reads it too, but more than JSON, and complains in other words."""

from __future__ import annotations

import json
from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING

from batchctl.diagnostics import START
from batchctl.diagnostics.kinds import problem
from batchctl.json_types import NotJson, refuse_constant
from batchctl.patterns import lazy_regex
from batchctl.yaml12.problem_log import shortened
from batchctl.yaml12.tree_builder import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.text import SourceText

_STRING_OR_CONSTANT = lazy_regex(r'"(?:[^"\\]|\\.)*"|(?P<constant>NaN|-?Infinity)')
_ENDS_EARLY = "the text ends before its brackets are closed"


def json_problem(text: SourceText) -> Diagnostic | None:
    """A diagnostic that says why a text is not JSON (RFC 8259); None when it is."""
    try:
        json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        return _explained(error, text)
    except NotJson:
        found = next(match for match in _STRING_OR_CONSTANT.finditer(text) if match["constant"])
        span = text.span(found.start(), found.end())
        return problem("unusable-number", f"{found[0]} is not a number that JSON has", span)
    except (RecursionError, ValueError):
        # Nested too deep, or a number of thousands of digits: the reading as YAML says where.
        return None
    return None


def json_value(text: SourceText) -> JsonObject | None:
    """The object in a JSON text; None for one that is no JSON object, nested too deep, or has a key twice."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def data_problems(data: JsonValue) -> Iterator[Diagnostic]:
    """Problems of data from a JSON parser: nesting that is too deep, NaN and infinity.

    Each has its path in the data; its place is line 1, column 1, as there is no text.
    """
    pending: list[tuple[JsonValue, DataPath]] = [(data, ())]
    while pending:
        value, path = pending.pop()
        if isinstance(value, float) and not isfinite(value):
            yield problem("unusable-number", f"{value} is not a number that JSON has", START, path=path)
        if isinstance(value, dict | list) and len(path) >= MAX_DEPTH:
            yield problem("too-deep", f"nested deeper than {MAX_DEPTH} levels", START, path=path[:8])
            return
        if isinstance(value, dict):
            pending.extend((item, (*path, key)) for key, item in value.items())
        elif isinstance(value, list):
            pending.extend((item, (*path, number)) for number, item in enumerate(value))


def unique_keys(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    """The ``object_pairs_hook`` of a JSON reader that raises ``NotJson`` for an object with a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise NotJson(f'the key "{shortened(twice)}" appears twice in one object')
    return found


def _explained(error: json.JSONDecodeError, text: SourceText) -> Diagnostic:
    at = min(error.pos, len(text))
    sign, before = text[at : at + 1], text[:at].rstrip()
    advice: str | None = None
    start, end = at, at + 1
    if error.msg.startswith("Unterminated string"):
        message, advice = "the string that opens here is never closed", 'close it with "'
    elif error.msg.startswith("Invalid control character"):
        message, advice = (
            "a string can't hold this character as it is",
            r"write \n for a line break, \t for a tab",
        )
    elif error.msg.startswith("Invalid \\"):
        message, advice = "this is not an escape that JSON has", r"write \\ for a backslash"
        end = at + 2
    elif not text[at:].strip():
        message, start, end = _ENDS_EARLY, max(len(before) - 1, 0), len(before)
    elif text.startswith(("//", "/*", "#"), at):
        message, advice = "JSON has no comments", "remove it, or make this a .yaml file"
    elif sign in "}]" and before.endswith(","):
        message, advice = f'a comma before "{sign}" is not JSON', "remove the comma"
        start, end = len(before) - 1, len(before)
    elif "trailing comma" in error.msg:
        # From Python 3.13 on it is found at the comma instead of at the bracket.
        message, advice = f'a comma before "{text[at + 1 :].lstrip()[:1]}" is not JSON', "remove the comma"
    elif error.msg.startswith("Extra data"):
        message = "this follows the end of the definition"
    elif sign == "'":
        message, advice = "JSON strings are in double quotes", 'write " instead'
    elif "property name" in error.msg:
        message, advice = "a key in double quotes is missing here", None
    elif "delimiter" in error.msg:
        message = f"{error.msg.split(' ')[1].strip(chr(39))!r} is missing before this".replace("'", '"')
    else:
        message, advice = "a value is missing here", "text needs double quotes"
    return problem("json-syntax", message, text.span(start, end), help=advice)
