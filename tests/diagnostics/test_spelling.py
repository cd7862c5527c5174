"""Which known word is meant by one that is not known."""

from __future__ import annotations

import pytest

from batchctl.diagnostics.spelling import closest, suggestion

WORDS = ("dir", "gs", "webhook", "depends_on", "method")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("dri", "dir"),
        ("sg", "gs"),
        ("webhok", "webhook"),
        ("dependsOn", "depends_on"),
        ("methd", "method"),
        ("rid", None),
        ("ftp", None),
        ("s", None),
    ],
)
def test_the_word_that_is_nearest(word: str, meant: str | None) -> None:
    assert closest(word, WORDS) == meant
    assert (suggestion(word, WORDS) or "").startswith("did you mean") is (meant is not None)
