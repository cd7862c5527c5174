"""Column by column gives what record by record gives."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from batchctl.render.result.csv import records_csv
from batchctl.render.result.csv_columns import cell, columns_of, common_shape, shape_of, spread

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject

TEXTS = st.sampled_from(["x", "=1", "a,b", 'q"', "two\nlines", " lead", "", "\0", "'y", "-5", "\r"])
VALUES = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just([1, "a"])
NAMES = st.sampled_from(["a", "b", "a.b", "=c"])
RECORDS = st.lists(
    st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=2), min_size=1, max_size=3), max_size=6
)


@given(RECORDS)
def test_every_record_has_its_own_cells(records: list[JsonObject]) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(records_csv(records)), newline="")))
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        expected = {cell(name): cell(value) for name, value in spread(record).items()}
        assert {name: text for name, text in row.items() if text} == {
            name: text for name, text in expected.items() if text
        }


@given(RECORDS)
def test_a_common_shape_is_that_of_each_record(records: list[JsonObject]) -> None:
    shapes = {shape_of(record) for record in records}
    assert common_shape(records) == (shapes.pop() if len(shapes) == 1 else None)


def test_columns_of_nested_objects_have_dotted_names() -> None:
    records: list[JsonObject] = [{"id": 1, "at": {"x": {"y": 2}}}, {"id": 3, "at": {"x": {"y": 4}}}]
    assert list(columns_of(records, shape_of(records[0]))) == [("id", (1, 3)), ("at.x.y", (2, 4))]


def test_more_shapes_than_are_kept_in_mind_are_written_too() -> None:
    records: list[JsonObject] = [{f"f{bit}": 1 for bit in range(11) if number >> bit & 1} for number in range(1, 2048)]
    rows = list(csv.DictReader(io.StringIO("".join(records_csv(records)))))
    assert [{name for name, text in row.items() if text} for row in rows] == [set(record) for record in records]
