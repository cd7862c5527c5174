"""What is wrong with a ``.json`` file is said in words about the file, at its place."""

from __future__ import annotations

import pytest

from batchctl.definition import read

CASES = {
    '{"a": "x': ("the string that opens here is never closed", (1, 7)),
    '{"a": "x\ty"}': ("a string can't hold this character as it is", (1, 9)),
    '{"a": "\\q"}': ("this is not an escape that JSON has", (1, 8)),
    '{"a": [1, 2': ("the text ends before its brackets are closed", (1, 11)),
    '{"a": 1 // x\n}': ("JSON has no comments", (1, 9)),
    '{"a": [1,]}': ('a comma before "]" is not JSON', (1, 9)),
    '{"a": 1,\n}': ('a comma before "}" is not JSON', (1, 8)),
    '{"a": 1} {}': ("this follows the end of the definition", (1, 10)),
    "{'a': 1}": ("JSON strings are in double quotes", (1, 2)),
    "{a: 1}": ("a key in double quotes is missing here", (1, 2)),
    '{"a" 1}': ('":" is missing before this', (1, 6)),
    '{"a": 1 "b": 2}': ('"," is missing before this', (1, 9)),
    '{"a": yes}': ("a value is missing here", (1, 7)),
    '{"a": NaN}': ("NaN is not a number that JSON has", (1, 7)),
}


@pytest.mark.parametrize("text", CASES)
def test_explanations(text: str) -> None:
    (found,) = read(text, file="a.json").diagnostics
    assert (found.message, tuple(found.span.start)) == CASES[text]
    assert found.rule == ("unusable-number" if "NaN" in text else "json-syntax")
