"""Paths of lodash, as lodash 4.17.21 answers them."""

from __future__ import annotations

import pytest

from batchctl.expression import evaluate
from batchctl.javascript.values import UNDEFINED
from batchctl.truto_functions.lodash_paths import get


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b[0]", 7),
        (["a", "b", 0], 7),
        (["a"], {"b": [7]}),
        ("a.c", UNDEFINED),
        ([], UNDEFINED),
        ("", UNDEFINED),
    ],
    ids=["text", "keys", "one key", "nothing there", "no keys", "empty text"],
)
def test_a_value_at_a_path(path: object, found: object) -> None:
    assert get({"a": {"b": [7]}}, path) == found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('$find([{"a":{"b":1,"c":2}},{"a":{"b":2}}],{"a":{"b":2}})', {"a": {"b": 2}}),
        ('$find([{"a":"x"},{"a":{"b":2},"n":1}],{"a":{"b":2}})', {"a": {"b": 2}, "n": 1}),
        ('$find([{"t":["x"]},{"t":["x","y","z"]}],{"t":["z","x"]})', {"t": ["x", "y", "z"]}),
        ('$find([{"t":["x"],"n":1},{"t":["x","x"],"n":2}],{"t":["x","x"]})', {"t": ["x", "x"], "n": 2}),
        ('$find([{"t":"x"},{"t":["x"],"n":2}],{"t":["x"]})', {"t": ["x"], "n": 2}),
        ('$find([{"t":"x"},{"t":["x"],"n":2}],{"t":[]})', {"t": ["x"], "n": 2}),
        (
            '$find([{"t":[{"a":1,"b":2}],"n":1},{"t":[{"a":1}],"n":2}],{"t":[{"b":2}]})',
            {"t": [{"a": 1, "b": 2}], "n": 1},
        ),
        ('$find([null,{"a":1}],{"a":1})', {"a": 1}),
        ('$find([null,{"a":1}],{})', None),
        ('$find([{"a":{"b":[1,2]}},{"a":{"b":[3],"n":2}}],["a.b",[3]])', {"a": {"b": [3], "n": 2}}),
        ('$find([{"a":0},{"a":1}],"a")', {"a": 1}),
        ('$find([{"a":{"x.y":0}},{"a":{"x.y":1}}],"a[\'x.y\']")', {"a": {"x.y": 1}}),
        ('$find([{"a":{"x\'y":1}}],"a[\'x\\\\\'y\']")', {"a": {"x'y": 1}}),
        ("$find([[0,0],[0,5]],1)", [0, 5]),
        ('$find(["a","abc"],["length",3])', "abc"),
        ('$pick({"a":{"b":[1,2]}},"a.b[1]")', {"a": {"b": [None, 2]}}),
    ],
    ids=[
        "members",
        "members of text",
        "items in any order",
        "item twice",
        "list against text",
        "empty list",
        "objects in list",
        "null item",
        "empty wanted null",
        "path and value",
        "path alone",
        "quoted path",
        "path escaped",
        "number as path",
        "length",
        "pick",
    ],
)
def test_what_is_found_by_a_shorthand(expression: str, found: object) -> None:
    assert evaluate(expression, {}) == found
