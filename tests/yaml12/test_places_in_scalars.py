"""From characters of a value to their places in the text, for every way to write a scalar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.diagnostics import START
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.source import Piece, Source
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue


def source_of(text: str) -> Source:
    parsed = parse_yaml(SourceText(text))
    return Source("x.yaml", SourceText(text), parsed.tree)


def written(source: Source, offset: int, end: int, *path: str | int) -> str | None:
    """What is written in the text for a part of the string at a path; None where that can't be known."""
    span = source.exactly(path, offset, end)
    if span is None:
        return None
    return source.text[source.text.offset(span.start) : source.text.offset(span.end)]


# The text, the value of "a", and what each of its characters is written as.
SCALARS: dict[str, tuple[str, list[str]]] = {
    "a: xy z": ("xy z", ["x", "y", " ", "z"]),
    "a: x\n  y": ("x y", ["x", "\n", "y"]),
    "a: x\n\n\n  y": ("x\n\ny", ["x", "\n", "\n", "y"]),
    "a: 'it''s'": ("it's", ["i", "t", "''", "s"]),
    "a: 'x \n  y'": ("x y", ["x", "\n", "y"]),
    "a: &name !!str xy": ("xy", ["x", "y"]),
    "a: !!str # why\n  'x'": ("x", ["x"]),
    r'a: "x\ty"': ("x\ty", ["x", r"\t", "y"]),
    r'a: "\x41\u0042\U00000043"': ("ABC", [r"\x41", r"\u0042", r"\U00000043"]),
    r'a: "\uD83D\uDE00!"': ("😀!", [r"\uD83D\uDE00", "!"]),
    'a: "x\\\n  y"': ("xy", ["x", "y"]),
    'a: "x\\\n\n  y"': ("x\ny", ["x", "\n", "y"]),
    'a: "x \n \n  y"': ("x\ny", ["x", "\n", "y"]),
    "a: |\n  x\n  y\n": ("x\ny\n", ["x", "\n", "y", "\n"]),
    "a: |-\n  x\n\n  y\n\n": ("x\n\ny", ["x", "\n", "\n", "y"]),
    "a: |+\n  x\n\n": ("x\n\n", ["x", "\n", "\n"]),
    "a: |1\n  x\n y\n": (" x\ny\n", [" ", "x", "\n", "y", "\n"]),
    "a: | # why\n  x\nb: 1": ("x\n", ["x", "\n"]),
    "a: |\n  x": ("x", ["x"]),
    "a: |+\n\n": ("\n", ["\n"]),
    "a: >\n  x\n  y\n": ("x y\n", ["x", "\n", "y", "\n"]),
    "a: >-\n  x\n\n  y": ("x\ny", ["x", "\n", "y"]),
    "a: >\n  x\n    y\n  z\n": ("x\n  y\nz\n", ["x", "\n", " ", " ", "y", "\n", "z", "\n"]),
    "a: >+\n  x\n\n": ("x\n\n", ["x", "\n", "\n"]),
    "a: >\r\n  x\r\n  y\r\n": ("x y\n", ["x", "\r\n", "y", "\r\n"]),
}


@pytest.mark.parametrize("text", SCALARS)
def test_every_character_has_its_place(text: str) -> None:
    source = source_of(text)
    value, characters = SCALARS[text]
    assert isinstance(source.data, dict)
    assert source.data["a"] == value
    assert [written(source, place, place + 1, "a") for place in range(len(value))] == characters


@pytest.mark.parametrize("text", ["x: &n one two\na: *n", "a: 5", "a: [1]"])
def test_what_is_no_text_of_its_own_has_only_a_beginning(text: str) -> None:
    source = source_of(text)
    assert source.exactly(("a",), 0, 1) is None
    assert source.within(("a",), 0, 1) == source.span(("a",))
    assert source.exactly(("a", "below"), 0, 1) is None


def test_a_place_beyond_the_end_is_the_end() -> None:
    source = source_of("a: xy\nb: ''")
    assert tuple(source.within(("a",), 7, 9).start) == (1, 6)
    assert tuple(source.within(("b",), 0, 1).start) == (2, 4)
    assert written(source, 1, 9, "a") == "y"
    # Nothing at all is a place, too: where something could be put in.
    assert source.within(("a",), 1, 1).start == source.within(("a",), 1, 2).start


def test_places_around_what_a_variable_brought() -> None:
    source = source_of("a: 'x${NAME}yz'")
    assert not source.is_filled(("a",))
    source.remember(("a",), (Piece(1, 6, 1, 8),))  # As "xvalueyz".
    assert source.is_filled(("a",))
    assert [written(source, *part, "a") for part in ((0, 1), (6, 7), (7, 8))] == ["x", "y", "z"]
    assert written(source, 2, 4, "a") == "${NAME}"
    assert written(source, 0, 3, "a") == "x${NAME}"


def test_where_keys_and_values_are() -> None:
    source = source_of("top: {? a : 1, b: [x, 'y']} # why\nitems:\n  - text: |\n      long\n")
    places: list[tuple[tuple[str | int, ...], tuple[int, int], tuple[int, int]]] = [
        (("top",), (1, 1), (1, 6)),
        (("top", "b"), (1, 16), (1, 19)),
        (("top", "b", 1), (1, 23), (1, 23)),
        (("items", 0, "text"), (3, 5), (3, 11)),
        # What does not exist has the place of what is around it.
        (("top", "b", 7), (1, 19), (1, 19)),
        (("none",), (1, 1), (1, 1)),
    ]
    for path, key, value in places:
        assert (tuple(source.key_span(path).start), tuple(source.span(path).start)) == (key, value)
    assert source.span(("items", 0, "text")).end == (3, 12)
    assert source.written(("top", "b", 1)) == "'y'"
    assert [source.style(("top", "b", 1)), source.style(("items", 0, "text"))] == ["'", "|"]
    assert source.rest_of_line(("top",))[0] == " # why"
    assert [source.has(("top", "b", 1)), source.has(("top", "b", 2)), source.has(("top", 0))] == [True, False, False]


def test_the_first_key_of_a_mapping_is_where_it_begins() -> None:
    source = source_of("base: &b {z: 1}\na:\n  x: 1\n  <<: *b\n")
    assert source.span(("a",)) == source.key_span(("a", "x"))
    assert source.key_span(("a", "z")) == source.key_span(("base", "z"))


def test_data_that_was_never_text_has_no_places() -> None:
    data: JsonValue = {"a": "x", "resources": [1, 2]}
    source = Source("<request>", data=data)
    assert [source.span(("a",)), source.key_span(("a",)), source.within(("a",), 0, 1)] == [START] * 3
    assert source.exactly(("a",), 0, 1) is None
    assert (source.written(("a",)), source.style(("a",)), source.rest_of_line(("a",))) == ("", '"', ("", START))
    assert source.resources == 0
    assert source_of("resources: [1, 2]").resources == 2
    assert source_of("resources: none").resources == 0
