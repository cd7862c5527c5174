"""Which columns a table has, and how wide they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from batchctl.redaction import Redactor
from batchctl.render.result.glimpse import Glimpse
from batchctl.render.text.columns import GAP, choose_fields, in_reading_order, lay_out, squeeze

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue


REDACT = Redactor().text
RECORDS: list[JsonValue] = [
    {
        "url": f"https://x/{n}",
        "kind": "a",
        "notes": "x" * 90,
        "nothing": None,
        "owner": {"id": n},
        "n": n,
        "name": f"N{n}",
        "id": n,
    }
    for n in range(4)
]


def test_fields_that_tell_most_come_first() -> None:
    assert choose_fields(RECORDS) == ["id", "name", "n", "kind", "url", "notes", "owner", "nothing"]


def test_columns_stand_as_records_have_them_behind_what_identifies() -> None:
    assert in_reading_order(["n", "name", "kind", "id"], RECORDS) == ["id", "name", "kind", "n"]


def test_a_field_that_only_a_later_record_has_is_known() -> None:
    assert [line.plain for line in Glimpse([{"a": 1}, {"a": 2, "b": "x"}], 2, REDACT).lines(20)] == [
        "a  b",
        "1",
        "2  x",
    ]


def test_named_fields_all_stand_in_their_order_however_narrow() -> None:
    shown = [line.plain for line in Glimpse(RECORDS, 1, REDACT, ("notes", "owner.id", "name", "none")).lines(24)]
    assert shown == ["notes     owner.id  name", "xxxxxxx…         0  N0"]


NATURAL = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 200), min_size=1, max_size=12)


@given(NATURAL, st.integers(1, 150))
def test_columns_fit(natural: dict[str, int], available: int) -> None:
    for columns in (lay_out(list(natural), natural, available), squeeze(list(natural), natural, available)):
        assert columns
        assert sum(column.width for column in columns) + GAP * (len(columns) - 1) <= max(available, 1)
        assert all(1 <= column.width <= natural[column.name] for column in columns)


@given(NATURAL)
def test_nothing_is_cut_without_need(natural: dict[str, int]) -> None:
    room = sum(natural.values()) + GAP * len(natural)
    assert {column.name: column.width for column in squeeze(list(natural), natural, room)} == natural
