import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.service import reading
from batchctl.service.reading import Reading, read_batch

ANSWER = {
    "result": {"a": [{"id": '"]}', "tags": ["x", {"y": []}]}, 2, "three"], "b": []},
    "errors": {"a": [{"m": "\\"}]},
}


class InPieces(io.StringIO):
    """Text that comes in small pieces, whatever is asked for."""

    def read(self, size: int | None = -1, /) -> str:
        return super().read(min(size or 3, 3))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ('{"result": {"a": [1, 2', {"result": {"a": [1]}}),
        ('{"result": {"a": [{"id": 1}, {"id": [1', {"result": {"a": [{"id": 1}]}}),
        ('{"result": {"a": [{"id": 1}', {"result": {"a": [{"id": 1}]}}),
        ('{"result": {"a": [], "b": ["x", "y', {"result": {"a": [], "b": ["x"]}}),
        ('{"result": {"a": [1,]}}', {"result": {"a": [1]}}),
        ('{"result": {"a": [NaN]}}', {"result": {"a": []}}),
        ('{"result": {"a": [' + "[" * 100_000, {"result": {"a": []}}),
        ('{"result": {"a": 7, 5: 1}}', {"result": {"a": 7}}),
        ('{"result" 1}', {}),
        ('{"result": 1} x', {"result": 1}),
    ],
)
def test_up_to_the_last_whole_record(text: str, body: object) -> None:
    assert read_batch(io.StringIO(text)) == Reading(body, is_whole=False)  # type: ignore[arg-type]  # JSON values


@pytest.mark.parametrize(
    ("text", "whole"), [("", False), ("<html>", False), ("[1]", True), (' "x" ', True), ("[1", False)]
)
def test_what_is_no_object(text: str, *, whole: bool) -> None:
    assert read_batch(io.StringIO(text)) == Reading(None, is_whole=whole)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)
ANSWERS = st.dictionaries(
    st.sampled_from(["result", "errors", "other"]), st.one_of(VALUES, st.dictionaries(st.text(), VALUES))
)


@given(ANSWERS, st.sampled_from([None, 2]), st.sampled_from([io.StringIO, InPieces]))
def test_the_same_as_reading_it_at_once(answer: object, indent: int | None, source: type[io.StringIO]) -> None:
    text = json.dumps(answer, indent=indent, ensure_ascii=False)
    assert read_batch(source(text)) == Reading(json.loads(text), is_whole=True)


@given(st.integers(0, len(json.dumps(ANSWER)) - 1))
def test_any_cut_gives_a_beginning_of_the_answer(cut: int) -> None:
    found = read_batch(InPieces(json.dumps(ANSWER)[:cut]))
    assert not found.is_whole
    results = (found.body or {}).get("result", {})
    assert isinstance(results, dict)
    for key, records in results.items():
        assert ANSWER["result"][key][: len(records)] == records  # type: ignore[index,arg-type]  # lists by name


def test_a_value_larger_than_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WINDOW", 4)
    answer = {"result": {"a": ["x" * 1000, 123456789]}}
    assert read_batch(io.StringIO(json.dumps(answer))).body == answer
