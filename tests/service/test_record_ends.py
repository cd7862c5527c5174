"""Where the records of a list end is told at a glance, or not at all: never wrongly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.service.record_ends import whole_records

TEXT = st.text(st.sampled_from('{}[],:"\\ a'), max_size=6)
RECORD = st.recursive(
    TEXT | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
)


@given(st.lists(RECORD, min_size=1, max_size=8), st.data())
def test_what_is_found_is_a_number_of_whole_records(records: list[object], data: st.DataObject) -> None:
    text = json.dumps(records)
    limit = data.draw(st.integers(1, len(text)))
    end, count = whole_records(text, 1, limit)
    assert end <= limit
    if count:
        assert json.loads(f"[{text[1:end]}]") == records[:count]
        assert text[end] in ",]"


def test_records_are_found_before_any_limit_behind_the_first() -> None:
    records = [{"id": number, "tags": [{"a": {}}], "text": "plain"} for number in range(9)]
    text = json.dumps(records)
    first = len(json.dumps(records[0])) + 1
    for limit in range(first, len(text)):
        assert whole_records(text, 1, limit)[1] >= 1


@pytest.mark.parametrize("digits", [4_300, 4_301, 20_000])
@pytest.mark.parametrize("before", [0, 1, 4_299, 5_000])
def test_a_number_that_python_does_not_read_is_left_to_it(digits: int, before: int) -> None:
    text = '[{"a": "' + "x" * before + '"}, {"b": ' + "7" * digits + "}, {}]"
    assert bool(whole_records(text, 1, len(text))[1]) == (digits <= 4_300)
