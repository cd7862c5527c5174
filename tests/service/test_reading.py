import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.service.reading import Reading, read_batch
from batchctl.service.records import StoredRecords

ANSWER = {
    "result": {"a": [{"id": '"]}', "tags": ["x", {"y": []}]}, 2, "three"], "b": []},
    "errors": {"a": [{"m": "\\"}]},
}


class Data:
    """Bytes that are read as a file is."""

    def __init__(self, text: str | bytes) -> None:
        self._data = text.encode() if isinstance(text, str) else text

    is_sealed = False

    def opened(self, text: str, /) -> str:
        return text

    def read(self, offset: int, size: int, /) -> bytes:
        return self._data[offset : offset + size]


def read(text: str | bytes, window: int = 1 << 20, block: int = 1 << 18) -> Reading:
    return read_batch(Data(text), window=window, block=block)


# A window and a block: of the usual size, and so small that every value crosses an edge.
SIZES = st.sampled_from([(1 << 20, 1 << 18), (3, 1), (7, 100), (40, 5)])


@pytest.mark.parametrize(
    ("text", "body", "fault"),
    [
        ('{"result": {"a": [1, 2', {"result": {"a": [1]}}, None),
        ('{"result": {"a": [{"id": 1}, {"id": [1', {"result": {"a": [{"id": 1}]}}, None),
        ('{"result": {"a": [{"id": 1}', {"result": {"a": [{"id": 1}]}}, None),
        ('{"result": {"a": [], "b": ["x", "y', {"result": {"a": [], "b": ["x"]}}, None),
        ('{"result": {"a": [tru', {"result": {"a": []}}, None),
        ('{"result": {"a": [1,]}, "errors": {}, "more": "x"}', {"result": {"a": [1]}}, "Expecting value"),
        ('{"result": {"a": [NaN]}}', {"result": {"a": []}}, "NaN is not a JSON value"),
        ('{"result": {"a": [1, 2 3, 4]}}', {"result": {"a": [1, 2]}}, "a comma is missing at byte 23"),
        ('{"result": {"a": [' + "[" * 100_000, {"result": {"a": []}}, "it nests too deep"),
        ('{"result": {"a": 7, 5: 1}}', {"result": {"a": 7}}, "a key is no text"),
        ('{"result" 1}', None, "':' is missing at byte 10"),
        ('{"result": 1} x', {"result": 1}, "there is more after its end, at byte 14"),
        (b'{"result": {"a": ["x", "Gr\xfcn"]}}', {"result": {"a": ["x"]}}, "it is not UTF-8"),
        (b'{"result": {"a": ["x", {"id": "\xff"}, 3]}}', {"result": {"a": ["x"]}}, "it is not UTF-8"),
        (b'{"result": {"a": [1], "\xff": []}}', {"result": {"a": [1]}}, "it is not UTF-8"),
        (b'{"result": {"a": [1]}} \xff', {"result": {"a": [1]}}, "it is not UTF-8"),
        # Half a character: in a text it is a cut as any other, after the end it is something more.
        (b'{"result": {"a": [1, "Gr\xc3', {"result": {"a": [1]}}, None),
        (b'{"result": {"a": [1]}}\xc3', {"result": {"a": [1]}}, "there is more after its end, at byte 22"),
    ],
)
@pytest.mark.parametrize("sizes", [(1 << 20, 1 << 18), (5, 3)], ids=["large", "small"])
def test_up_to_the_last_whole_record(
    text: str | bytes, body: object, fault: str | None, sizes: tuple[int, int]
) -> None:
    found = read(text, *sizes)
    assert not found.is_whole
    assert found.fault is None if fault is None else fault in str(found.fault)
    assert found.body == body


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", False),
        ("<html>", False),
        ("[1]", True),
        (' "x" ', True),
        ("[1", False),
        ("[1] 2", False),
        (b"[1]\xff", False),
    ],
)
def test_what_is_no_object(text: str | bytes, *, whole: bool) -> None:
    found = read(text)
    assert (found.body, found.is_whole) == (None, whole)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)
ANSWERS = st.dictionaries(
    st.sampled_from(["result", "errors", "other"]), st.one_of(VALUES, st.dictionaries(st.text(), VALUES))
)


@given(ANSWERS, st.sampled_from([None, 2]), SIZES)
def test_the_same_as_reading_it_at_once(answer: object, indent: int | None, sizes: tuple[int, int]) -> None:
    text = json.dumps(answer, indent=indent, ensure_ascii=False)
    found = read(text, *sizes)
    assert (found.is_whole, found.fault, found.body) == (True, None, json.loads(text))


@given(st.integers(0, len(json.dumps(ANSWER)) - 1), SIZES)
def test_any_cut_gives_a_beginning_of_the_answer(cut: int, sizes: tuple[int, int]) -> None:
    found = read(json.dumps(ANSWER)[:cut], *sizes)
    assert found.fault is None
    assert not found.is_whole
    results = (found.body or {}).get("result", {})
    assert isinstance(results, dict)
    for key, records in results.items():
        assert ANSWER["result"][key][: len(records)] == list(records)  # type: ignore[index]  # lists by name


def test_records_are_read_again_and_again_in_blocks() -> None:
    records = [{"id": number, "name": "Grün" * (number % 7)} for number in range(500)]
    body = read(json.dumps({"result": {"a": records}}, ensure_ascii=False), 4096, 512).body
    assert body is not None
    stored = body["result"]["a"]  # type: ignore[index]  # a mapping
    assert isinstance(stored, StoredRecords)
    assert (len(stored), list(stored), list(stored)) == (500, records, records)
    assert records[77] in stored
    assert stored != records[:-1]
    assert stored != 5
