"""Tables lose nothing, whatever the records are like: held against what a driver of the database reads."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchctl.destinations.base import Missing
from destinations.reading import NOW, columns, open_destination, page, put, query, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.json_types import JsonObject, JsonValue


def run(url: str, *pages: Sequence[JsonValue], name: str = "run-1", start: int = 0) -> list[str | None]:
    return asyncio.run(put(url, *pages, run=name, start=start))


def test_rows_have_typed_columns_and_say_where_they_come_from(url: str) -> None:
    run(url, [{"id": "a", "age": 7, "ok": True, "rate": 1.5, "tags": ["x"], "note": None}])
    assert columns(url) == {
        "id": ("id", "text"),
        "age": ("age", "integer"),
        "ok": ("ok", "boolean"),
        "rate": ("rate", "number"),
        "tags": ("tags", "json"),
        "note": ("note", "nothing"),
    }
    marks = query(
        url,
        "SELECT truto_sync_job_id, truto_integrated_account_id, truto_sync_job_run_id, truto_synced_at, "
        "truto_deleted_at FROM crm_contacts",
    )
    assert marks == [("job-1", "acc", "run-1", NOW, None)]


def test_a_record_that_comes_again_replaces_its_row(url: str) -> None:
    run(url, [{"id": "a", "name": "Ann", "age": 7}, {"id": "b", "name": "Bob"}])
    run(url, [{"id": "a", "name": "Anna"}], name="run-2")
    assert records(url) == [{"id": "a", "name": "Anna"}, {"id": "b", "name": "Bob"}]


def test_the_same_record_twice_in_one_transaction_is_one_row(url: str) -> None:
    run(url, [{"id": "a", "n": 1}], [{"id": "a", "n": 2}, {"id": 1}, {"id": "1"}])
    found = records(url)
    assert len(found) == 3
    assert {"id": "a", "n": 2} in found


# What a field is first and then, and what its column is when it has been both.
CHANGES: dict[str, tuple[JsonValue, JsonValue, str]] = {
    "whole-then-fraction": (1, 1.5, "number"),
    "fraction-then-whole": (1.5, 2, "number"),
    "large-then-fraction": (2**53 + 1, 1.5, "json"),
    "whole-then-large": (1, 2**60, "long"),
    "whole-then-huge": (1, 2**70, "json"),
    "true-then-one": (True, 1, "json"),
    "text-then-number": ("1", 1, "json"),
    "text-then-list": ("a", ["a"], "json"),
    "object-then-text": ({"x": 1}, "text", "json"),
    "null-then-text": (None, "a", "text"),
    "null-then-false": (None, False, "boolean"),
    "null-then-fraction": (None, 0.1, "number"),
    "null-then-list": (None, [1], "json"),
    "fraction-then-text": (0.1, "x", "json"),
    "false-then-text": (False, "x", "json"),
    "whole-then-null": (-1, None, "integer"),
}


@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
def test_a_field_that_changes_its_type_keeps_every_value(url: str, apart: bool) -> None:
    first: JsonObject = {"id": "a", **{name: change[0] for name, change in CHANGES.items()}}
    second: JsonObject = {"id": "b", **{name: change[1] for name, change in CHANGES.items()}}
    if apart:
        run(url, [first])
        run(url, [second], name="run-2")
    else:
        run(url, [first], [second])
    assert {name: columns(url)[name] for name in CHANGES} == {
        name: (name, change[2]) for name, change in CHANGES.items()
    }
    for row, record in zip(records(url), (first, second), strict=True):
        assert _plain(row) == _plain({name: value for name, value in record.items() if value is not None})


def test_names_that_a_database_would_take_for_one_stay_apart(url: str) -> None:
    record: JsonObject = {
        "id": "a",
        "userId": 1,
        "user_id": 2,
        "userid": 3,
        "USERID": 4,
        "": 5,
        'a"b': 6,
        "100% ?": 7,
        "select": 8,
        "truto_key": 9,
        "x" * 300: 10,
        "x" * 299 + "y": 11,
        "\u00e9": 12,
        "truto_more": 13,
    }
    assert run(url, [record]) == [None]
    assert records(url) == [record]
    assert columns(url)["userId"][0] == "userId"


def test_tables_of_names_that_are_alike_stay_apart(url: str) -> None:
    async def deliver() -> None:
        destination = open_destination(url)
        for number, resource in enumerate(["crm/contacts", "crm_contacts", "CRM/Contacts", "truto_columns"]):
            await destination.deliver(page([{"id": resource}], f"{number}", resource))
        assert [each.error for each in await destination.flush()] == [None] * 4
        await destination.aclose()

    asyncio.run(deliver())
    tables = query(url, "SELECT resource, name FROM truto_columns WHERE field = 'table' ORDER BY step")
    assert tables[0] == ("crm/contacts", "crm_contacts")
    assert len({name.lower() for _, name in tables}) == 4
    for resource, name in tables:
        assert query(url, f'SELECT id FROM "{name}"') == [(resource,)]


def test_more_fields_than_a_table_has_columns_are_kept_together(url: str) -> None:
    wide: JsonObject = {"id": "a", **{f"f{number}": number for number in range(600)}}
    assert run(url, [wide]) == [None]
    ((more,),) = query(url, "SELECT truto_more FROM crm_contacts")
    rest = more if isinstance(more, dict) else json.loads(more)
    assert {**records(url)[0], **rest} == wide
    assert run(url, [{"id": "b", "f599": "later", "new": 1}], start=1) == [None]
    ((more,),) = query(url, "SELECT truto_more FROM crm_contacts WHERE id = 'b'")
    assert (more if isinstance(more, dict) else json.loads(more)) == {"f599": "later", "new": 1}


def test_records_without_an_id_are_all_kept_and_not_doubled_by_a_repetition(url: str) -> None:
    same: list[JsonValue] = [{"n": 1}, {"n": 1}, 5, "text", None]
    run(url, same)
    run(url, same, name="run-2")
    assert query(url, "SELECT count(*) FROM crm_contacts") == [(5,)]
    assert query(url, "SELECT count(*) FROM crm_contacts WHERE n = 1") == [(2,)]


def test_a_delivery_that_has_its_receipt_is_not_made_again(url: str) -> None:
    run(url, [{"id": "a", "v": "old"}])
    run(url, [{"id": "a", "v": "new"}])
    assert records(url) == [{"id": "a", "v": "old"}]

    async def finish() -> None:
        destination = open_destination(url)
        await destination.finish(completed=True)
        await destination.aclose()

    asyncio.run(finish())
    assert query(url, "SELECT count(*) FROM truto_deliveries") == [(0,)]


def test_accounts_do_not_overwrite_each_other(url: str) -> None:
    async def deliver() -> None:
        for account in ("one", "two"):
            destination = open_destination(url, account, account)
            await destination.deliver(page([{"id": "a", "of": account}]))
            await destination.flush()
            await destination.aclose()

    asyncio.run(deliver())
    assert [row["of"] for row in records(url)] == ["one", "two"]


@pytest.mark.parametrize("hard", [True, False], ids=["hard", "soft"])
def test_what_the_source_has_no_more_is_deleted_or_marked(url: str, hard: bool) -> None:
    async def forget(matching: JsonObject) -> int:
        destination = open_destination(url, "run-2")
        await destination.deliver(page([{"id": "a", "space": {"id": 1}}]))
        await destination.flush()
        count = await destination.forget(Missing("crm/contacts", None, hard, matching))
        await destination.aclose()
        return count

    rows: list[JsonValue] = [{"id": name, "space": {"id": 1 if name < "d" else 2}, "on": True} for name in "abcde"]
    run(url, rows)
    assert asyncio.run(forget({"space": {"id": 1}, "on": True})) == 2
    left = query(url, "SELECT id FROM crm_contacts WHERE truto_deleted_at IS NULL ORDER BY id")
    assert left == [("a",), ("d",), ("e",)]
    assert query(url, "SELECT count(*) FROM crm_contacts") == [(3 if hard else 5,)]
    # One that is back is there again.
    run(url, [{"id": "b"}], name="run-3")
    assert ("b",) in query(url, "SELECT id FROM crm_contacts WHERE truto_deleted_at IS NULL")


def test_one_page_that_can_not_be_stored_spoils_no_other(url: str) -> None:
    errors = run(url, [{"id": "a"}], [{"id": "b", "t": "half \ud800"}], [{"id": "c"}])
    assert [error is None for error in errors] == [True, False, True]
    assert "half a character" in str(errors[1])
    assert [row["id"] for row in records(url)] == ["a", "c"]


# A number that JSON has; text that every database can store; what a page may be.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_RECORDS = st.dictionaries(st.sampled_from(["v", "V", "w", "x y", "truto_key"]) | _TEXTS, _VALUES, max_size=5)
_RUNS = st.lists(st.lists(_RECORDS, max_size=3), min_size=1, max_size=3)


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "postgresql"])
def test_whatever_is_delivered_can_be_read_back(kind: str, make_url: Callable[[str], str]) -> None:
    @settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(_RUNS)
    def check(runs: list[list[dict[str, Any]]]) -> None:
        url, expected, number = make_url(kind), [], 0
        for pages in runs:
            rows: list[JsonValue] = []
            for record in pages:
                number += 1
                rows.append({**record, "id": f"{number:04}"})
                expected.append({**record, "id": f"{number:04}"})
            assert run(url, rows, name=f"run-{number}") == [None]
        if not expected:
            return
        wanted = [{key: value for key, value in record.items() if value is not None} for record in expected]
        assert [_plain(row) for row in records(url)] == [_plain(record) for record in wanted]

    check()


def _plain(value: object) -> object:
    """With true and 1 apart, and numbers as they are written in JSON: 1 and 1.0 are the same."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bool):
        return ("bool", value)
    return Decimal(repr(value)) if isinstance(value, int | float) else value
