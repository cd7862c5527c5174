"""JSON in and out is strict: what other readers of JSON refuse is neither read nor written."""

from __future__ import annotations

import json
import math

import pytest

from batchctl.json_types import JsonObject, NotJson, merged, read_json, value_at, write_json


@pytest.mark.parametrize("text", ["NaN", "[1, Infinity]", '{"a": -Infinity}'])
def test_words_that_only_python_reads(text: str) -> None:
    with pytest.raises(NotJson, match="is not a JSON value"):
        read_json(text)


def test_where_it_is_wrong() -> None:
    with pytest.raises(NotJson) as caught:
        read_json('{"a": 1,\n "b" 2}')
    assert (caught.value.line, caught.value.column, caught.value.offset) == (2, 6, 14)


@pytest.mark.parametrize(
    ("text", "words"),
    [("[" * 100_000, "nests too deep"), ("1" * 5000, "thousands of digits"), (b'"\xff"', "not UTF-8")],
)
def test_what_has_no_place(text: str | bytes, words: str) -> None:
    with pytest.raises(NotJson, match=words):
        read_json(text)


def test_every_digit_of_an_integer_survives() -> None:
    assert write_json(read_json("123456789012345678901234567890")) == "123456789012345678901234567890"


def test_numbers_that_json_has_not_are_null() -> None:
    value: dict[str, object] = {"a": [math.inf, (math.nan,)], "b": read_json("-1e999"), "c": 1.5}
    assert json.loads(write_json(value)) == {"a": [None, [None]], "b": None, "c": 1.5}
    assert write_json(value, compact=True) == '{"a":[null,[null]],"b":null,"c":1.5}'


def test_objects_merge_and_all_else_is_replaced() -> None:
    below: JsonObject = {"a": {"x": 1, "y": [1, 2]}, "b": 1}
    above: JsonObject = {"a": {"y": [3]}, "c": None}
    assert merged(below, above) == {"a": {"x": 1, "y": [3]}, "b": 1, "c": None}
    assert below == {"a": {"x": 1, "y": [1, 2]}, "b": 1}


@pytest.mark.parametrize("text", ["1e400", "[-1e999]", "9" * 400])
def test_numbers_that_could_not_be_given_back(text: str) -> None:
    assert read_json(text) is not None
    with pytest.raises(NotJson, match=r"^the number -?[19]"):
        read_json(text, finite_only=True)


@pytest.mark.parametrize("text", ["1e308", "1.5", "9" * 308, "-3"])
def test_numbers_that_can_be_given_back(text: str) -> None:
    assert read_json(text, finite_only=True) == read_json(text)


def test_the_value_at_a_path() -> None:
    data: JsonObject = {"a": [{"b": 1}]}
    assert value_at(data, ("a", 0, "b")) == 1
    assert value_at(data, ()) is data
    assert [value_at(data, path) for path in (("a", 1), ("a", "b"), ("x",), ("a", 0, "b", "c"))] == [None] * 4
