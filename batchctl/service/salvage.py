"""What is whole in a batch answer that was cut off: every record up to the break."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.definition.model import JsonObject

# A string, closed or not, and the signs that give JSON its shape.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[{}\[\],]', re.DOTALL)
# Records stand in lists, in one of the two maps, in the answer.
_RECORD_DEPTH = 3


def salvage(text: str) -> JsonObject | None:
    """The answer up to the last record that is whole; None when there is none.

    >>> salvage('{"result": {"a": [{"id": 1}, {"id": 2')
    {'result': {'a': [{'id': 1}]}}
    """
    cut, closers = _last_whole_record(text)
    if not cut:
        return None
    try:
        body = json.loads(text[:cut] + closers)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _last_whole_record(text: str) -> tuple[int, str]:
    """Where to cut, and what closes the text there."""
    opened: list[str] = []
    cut, closers = 0, ""
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            opened.append("}" if sign == "{" else "]")
            continue
        if sign in "}]":
            if not opened or opened.pop() != sign:
                break
            end = token.end()
        elif sign == ",":
            end = token.start()
        elif token[1]:
            continue
        else:
            break
        if len(opened) <= _RECORD_DEPTH:
            cut, closers = end, "".join(reversed(opened))
    return cut, closers
