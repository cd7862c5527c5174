"""What a comment is about, seen through the comments that hide problems."""

from __future__ import annotations

import pytest

from batchctl.yaml12.comment_areas import CommentAreas
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.text import SourceText

TEXT = """\
# top
a: 1 # one
# both
list:
  - x: "# no comment" # two
    y: | # sign
      # no comment
      text
  # item
  - z: 1
    z2: 2
'# key': 1
# end
"""


@pytest.fixture(scope="module")
def areas() -> CommentAreas:
    return CommentAreas(SourceText(TEXT), parse_yaml(SourceText(TEXT)).tree)


def test_a_sign_inside_of_a_scalar_is_no_comment(areas: CommentAreas) -> None:
    signs = [place for place, sign in enumerate(TEXT) if sign == "#"]
    inside = [TEXT[place:].partition("\n")[0] for place in signs if areas.is_in_scalar(place)]
    assert inside == ['# no comment" # two', "# no comment", "# key': 1"]


@pytest.mark.parametrize(
    ("comment", "begins", "ends"),
    [
        ("# top", "a: 1", " # one"),
        ("# one", "a: 1", "# both"),
        ("# both", "list", "# key'"),
        ("# two", "  - x", "    y"),
        ("# sign", "    y", "  # item"),
        ("# item", "z: 1", "# key'"),
    ],
)
def test_what_it_is_about(areas: CommentAreas, comment: str, begins: str, ends: str) -> None:
    start, end = areas.area(TEXT.index(comment))
    assert start == TEXT.index(begins)
    # Up to what comes next, but for the break and the blanks before it.
    assert TEXT[start:end].rstrip() == TEXT[start : TEXT.index(ends)].rstrip()


def test_nothing_follows_the_last_comment(areas: CommentAreas) -> None:
    at = TEXT.index("# end")
    assert areas.area(at) == (at, at)
