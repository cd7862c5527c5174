import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.service.salvage import salvage

ANSWER = {
    "result": {"a": [{"id": '"]}', "tags": ["x", {"y": []}]}, 2, "three"], "b": []},
    "errors": {"a": [{"m": "\\"}]},
}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"result": {"a": [1, 2', {"result": {"a": [1]}}),
        ('{"result": {"a": [{"id": 1}, {"id": [1', {"result": {"a": [{"id": 1}]}}),
        ('{"result": {"a": [], "b": ["x", "y', {"result": {"a": [], "b": ["x"]}}),
        ('{"result": {"a": [[1], [2], [3', {"result": {"a": [[1], [2]]}}),
        ('{"result"', None),
        ("", None),
        ("<html>", None),
        ("]]]", None),
        ("[1, 2", None),
    ],
)
def test_up_to_the_last_whole_record(text: str, whole: object) -> None:
    assert salvage(text) == whole


@given(st.integers(0, len(json.dumps(ANSWER))))
def test_any_cut_gives_a_beginning_of_the_answer(cut: int) -> None:
    found = salvage(json.dumps(ANSWER)[:cut])
    if found is not None:
        results = found.get("result", {})
        assert isinstance(results, dict)
        for key, records in results.items():
            assert ANSWER["result"][key][: len(records)] == records  # type: ignore[index,arg-type]  # lists by name
