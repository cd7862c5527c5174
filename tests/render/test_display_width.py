import pytest

from batchctl.render.text.display_width import display_width


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("東京", 4), ("ａ", 2), ("e\u0301", 1), ("\u202ea", 1), ("é–", 2)]
)
def test_columns_are_counted_not_characters(text: str, columns: int) -> None:
    assert display_width(text) == columns
