import pytest

from batchctl.truto.backoff import Backoff, retry_after_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, 10.0) == seconds


@pytest.mark.parametrize(
    ("attempt", "status", "asked", "wait"),
    [
        (1, 502, None, 1.0),
        (2, 502, None, 2.0),
        (9, 502, None, 60.0),
        (10_000, 502, None, 60.0),
        (1, 429, None, 10.0),
        (1, 429, 3.0, 3.0),
        (1, 504, 0.0, 0.0),
        (1, 429, 86_400.0, 60.0),
    ],
)
def test_waits(attempt: int, status: int, asked: float | None, wait: float) -> None:
    assert Backoff().wait_s(attempt, status, asked, lambda: 1.0) == wait


def test_jitter_is_full() -> None:
    assert Backoff().wait_s(3, 502, None, lambda: 0.0) == 0.0
