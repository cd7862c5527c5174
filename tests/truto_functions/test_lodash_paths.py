"""Paths of lodash, as lodash 4.17.21 answers them."""

from __future__ import annotations

import pytest

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
