"""Words, numbers and text from outside, as people read them."""

from __future__ import annotations

import pytest

from batchctl.plain import clean, counted, duration, listed, singular


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("plain", None, "plain"),
        ("é😀", None, "é😀"),
        ("👩\u200d🚀", None, "👩\u200d🚀"),
        ("a\x1b[31m\nb", None, "a\\x1b[31m\\nb"),
        ("\u202eabc", None, "\\u202eabc"),
        ("abcdef", 4, "abc…"),
        ("abcd", 4, "abcd"),
    ],
)
def test_clean(text: str, limit: int | None, shown: str) -> None:
    assert clean(text, limit) == shown


def test_counted() -> None:
    assert [counted(1, "record"), counted(1200, "record"), counted(2, "query")] == [
        "1 record",
        "1,200 records",
        "2 queries",
    ]


def test_duration() -> None:
    assert [duration(0), duration(0.0042), duration(1.24), duration(125.9)] == ["1 ms", "4 ms", "1.2 s", "2 min 5 s"]


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("crm/contacts", "contact"),
        ("companies", "company"),
        ("ties", "tie"),
        ("status", "record of status"),
        ("news", "record of news"),
        ("staff", "record of staff"),
        ("bus", "record of bus"),
    ],
)
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_listed() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
