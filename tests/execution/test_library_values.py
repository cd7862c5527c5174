"""Values that a program passes, and that no request can carry: each is refused before anything runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import batchctl
from batchctl import Answers, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES: dict[str, Any] = {
    "object": object(),
    "tuple": (1, 2),
    "set": {1},
    "bytes": b"x",
    "date": dt.date(2026, 1, 1),
    "int as a key": {1: 2},
    "inside": [{"deep": object()}],
    "nan": float("nan"),
    "surrogate": "\ud800",
}
WAYS: dict[str, Callable[[Path, Any], object]] = {
    "args": lambda file, value: batchctl.run(file, args={"stage": value}),
    "context": lambda file, value: batchctl.run(file, context={"region": value}, allow_unused=True),
    "rows": lambda file, value: batchctl.run_each(file, [{"stage": value}]),
    "args of rows": lambda file, value: batchctl.run_each(file, [{"stage": "a"}], args={"x": value}, allow_unused=True),
    "validate": lambda file, value: batchctl.validate(file, args={"stage": value}),
    "samples": lambda file, value: batchctl.dry_run(file, samples={"contacts": [{"id": value}]}),
    "answers": lambda _file, value: Answers({"crm/contacts": [{"id": value}]}),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_value_that_json_can_not_hold_is_refused(file: Path, way: Callable[[Path, Any], object], value: Any) -> None:
    with pytest.raises(UsageError, match=r"has no form in JSON|too large for JSON|surrogate"):
        way(file, value)


def test_a_name_that_is_no_text_is_refused(file: Path) -> None:
    names: dict[Any, Any] = {1: 2}
    for way in ("args", "context"):
        with pytest.raises(UsageError, match=f"{way}: a key of the type int"):
            batchctl.run(file, allow_unused=True, **{way: names})  # type: ignore[arg-type]  # what is refused
    with pytest.raises(UsageError, match="row 1: a key of the type int"):
        batchctl.run_each(file, [names])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"args": [1]}, "args must be a dict"),
        ({"context": "a"}, "context must be a dict"),
        ({"only": "contacts"}, "only must be a list"),
        ({"only": 5}, "only must be a list"),
        ({"accept": {"contacts": 404}}, "statuses must be a list"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_settings_of_another_type_are_refused(file: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        batchctl.run(file, **settings)


def test_rows_and_records_of_another_type_are_refused(file: Path) -> None:
    with pytest.raises(UsageError, match="rows must be a list"):
        batchctl.run_each(file, 5)  # type: ignore[arg-type]  # what is refused
    with pytest.raises(UsageError, match="must be a list of records"):
        batchctl.dry_run(file, samples={"contacts": {"id": "1"}})


def test_what_json_holds_passes(file: Path) -> None:
    records: list[Any] = [{"id": "1", "stage": "won", "more": [None, True, 1, 1.5, {"a": "b"}]}]
    answers = Answers({"crm/contacts": records})
    assert batchctl.run(file, backend=answers, args={"stage": "won"}).status == "succeeded"
    assert batchctl.dry_run(file, samples={"contacts": (each for each in records)}).resources
