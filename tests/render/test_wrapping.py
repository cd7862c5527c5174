"""Plain text in a given width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from batchctl.render.text.display_width import display_width
from batchctl.render.text.wrapping import flowed, listing, wrapped

WORDS = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12), min_size=1, max_size=20)


def test_lines_break_between_words_and_go_on_indented() -> None:
    assert wrapped("reused 12 responses from the journal", 20) == "reused 12 responses\n  from the journal"
    assert wrapped("  hint: give it a value with --arg", 20) == "  hint: give it a\n    value with --arg"
    assert wrapped("short\nalso short", 20) == "short\nalso short"


def test_without_bounds_nothing_is_broken() -> None:
    assert wrapped("a b " * 100, None) == "a b " * 100


def test_a_word_that_is_too_long_is_left_whole() -> None:
    path = "/somewhere/that/is/a/long/way/off.json"
    assert wrapped(f"the result is in {path} now", 20) == f"the result is in\n  {path}\n  now"


def test_cells_that_do_not_fit_go_on_below() -> None:
    cells = ["20261128-1", "direct", "", "2 resources · 24 records", "contacts.yaml"]
    assert list(flowed(cells, 20)) == ["20261128-1  direct", "  2 resources · 24\n    records", "  contacts.yaml"]
    assert list(flowed(cells, 80)) == ["20261128-1  direct  2 resources · 24 records  contacts.yaml"]


def test_a_listing_wraps_beside_its_labels_or_below() -> None:
    rows = [("BC101", "The text is not YAML, or not JSON."), ("BC2", "")]
    assert list(listing(rows, 40)) == ["BC101  The text is not YAML, or not", "       JSON.", "BC2"]
    assert list(listing(rows, 24)) == ["BC101", "    The text is not", "    YAML, or not JSON.", "BC2"]
    assert list(listing(rows, None)) == ["BC101  The text is not YAML, or not JSON.", "BC2"]


@given(WORDS, st.integers(20, 60))
def test_no_word_is_lost_and_no_line_too_wide(words: list[str], columns: int) -> None:
    lines = wrapped(" ".join(words), columns).split("\n")
    assert " ".join(lines).split() == " ".join(words).split()
    for line in lines:
        assert display_width(line) <= columns or len(line.split()) == 1
