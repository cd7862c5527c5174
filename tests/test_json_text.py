"""Arrays as text hold what Python's ``json`` holds, whatever is in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.json_text import array_of, arrays_of, count_elements, enclosed, in_ascii, indented, on_one_line, values_of

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e15, 1e15).map(lambda number: round(number, 3)) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5))
def test_values_come_back(values: list[JsonValue]) -> None:
    array = array_of(values)
    assert values_of(array) == values
    assert enclosed(array, b"<", b">").decode() == "".join(
        f"<{json.dumps(each, ensure_ascii=False)}>" for each in values
    )
    assert json.loads(indented(array)) == values
    assert json.loads(in_ascii(array)) == values
    assert in_ascii(array).isascii()
    assert [value for some in arrays_of(values) for value in values_of(some)] == values


@given(st.lists(JSON, max_size=5))
def test_it_is_laid_out_as_python_does(values: list[JsonValue]) -> None:
    text = json.dumps(values, ensure_ascii=False)
    compact = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    assert on_one_line(compact.encode("utf-8", "surrogatepass")).decode() == text
    assert indented(compact.encode()).decode() == json.dumps(values, ensure_ascii=False, indent=2)


def test_numbers_stay_as_they_are_written() -> None:
    written = b"[1.10,1e400,-0,18446744073709551617,1E2]"
    assert on_one_line(written) == b"[1.10, 1e400, -0, 18446744073709551617, 1E2]"
    assert enclosed(written, b"", b"\n") == b"1.10\n1e400\n-0\n18446744073709551617\n1E2\n"
    assert values_of(b"[18446744073709551617, 1e400]") == [18446744073709551617, float("inf")]


def test_half_a_character_stays_json() -> None:
    written = b'[{"a":"\\ud800"},"\xc3\xa9"]'
    made = (array_of(["\ud800", "é"]), *arrays_of(["\ud800"]))
    for array in (on_one_line(written), indented(written), in_ascii(written), *made):
        assert "\ud800" in (found := json.loads(array)) or found == [{"a": "\ud800"}, "é"]
    assert enclosed(written, b"", b"\n") == b'{"a": "\\ud800"}\n"\\u00e9"\n'
    assert values_of(written) == [{"a": "\ud800"}, "é"]


def test_what_json_has_no_number_for_is_null() -> None:
    assert array_of([float("nan"), float("inf")]) == b"[null, null]"


@pytest.mark.parametrize("text", ["[01]", "[NaN]", '["a\nb"]', "[1,]", '["\\x"]', "[1 2]", "[{'a': 1}]", "[1]]", "{}"])
def test_what_is_no_array_is_not_counted(text: str) -> None:
    assert count_elements(text) is None
