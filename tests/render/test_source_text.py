"""Values as source text: whatever is in them, the language reads back the same."""

import ast
import json
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.render.text.literals import is_exact_in_javascript, javascript_literal, json_literal, python_literal
from batchctl.render.text.yaml_text import yaml_lines

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("'\"\\`$#{}()\n\r\t:-?&*!|>%@ ,[]=\u2028\u2029\u202e\x7f\x85\ufeff😀", max_size=12),
    st.sampled_from(
        ["yes", "null", "1e3", "0x1f", "2024-01-01", "~", "-", "a: b", " x", "x ", "a\n b\n", "__proto__", "JSON"]
    ),
)
SCALAR = st.one_of(
    TEXT, st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=12
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_json_python_and_yaml_read_it_back(value: Any) -> None:
    assert json.loads(json_literal(value)) == value
    assert ast.literal_eval(python_literal(value)) == value
    assert yaml.safe_load("".join(yaml_lines(value))) == value


@pytest.mark.parametrize("key", ["k" * 1024, "k" * 1025, "é" * 1022, "é" * 1023, '"' * 600], ids=len)
@pytest.mark.parametrize("value", [7, "text", "two\nlines", None, [1, {"a": []}], {"b": {"c": 1}}], ids=json.dumps)
def test_a_key_of_any_length_is_read_back(key: str, value: Any) -> None:
    held = {"before": 1, key: value, "after": [{key: value}, {"a": value, key: value}]}
    assert yaml.safe_load("".join(yaml_lines(held))) == held
    assert yaml.safe_load("all:\n" + "".join(f"  {line}" for line in yaml_lines(held))) == {"all": held}


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_every_line_of_a_literal_prints(value: Any) -> None:
    for text in (json_literal(value), javascript_literal(value), python_literal(value)):
        assert all(line.isprintable() for line in text.split("\n"))


def test_javascript_reads_it_back() -> None:
    node = shutil.which("node") or pytest.skip("node is not here")
    values: list[Any] = [
        {"__proto__": {"a": 1}, "constructor": [], "a\u2028b": "</script>`${x}` \\ \u202e \x7f 😀 '\""},
        [1.5, -1e300, 2**53, True, None, {}, [], ""],
    ]
    program = f"process.stdout.write(JSON.stringify({javascript_literal(values)}))"
    done = subprocess.run([node, "-e", program], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(done.stdout) == values


def test_what_javascript_cannot_hold() -> None:
    assert is_exact_in_javascript({"a": [2**53, 1.5, "9" * 30]})
    assert not is_exact_in_javascript({"a": [2**53 + 1]})
