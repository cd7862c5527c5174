"""What is no YAML is said in words about the text, at its place, whichever parser reads it."""

from __future__ import annotations

import pytest

from batchctl.yaml12.encoding import MAX_BYTES, decode
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.text import SourceText

BACKSLASH = "write \\\\ for a backslash, or use single quotes"
QUOTES = "put the whole value in quotes"
UP = "indent it like the keys that it belongs to"
CASES = {
    'a: "x\nb: 1': ("the quote that opens here is never closed", (1, 4), 'close it with "'),
    "a: 'x\nb: 1": ("the quote that opens here is never closed", (1, 4), "close it with '"),
    r'a: "x\qy"': (r"\q means nothing inside double quotes", (1, 6), BACKSLASH),
    r'a: "\uZZ"': ("this escape is not followed by the number of a character", (1, 5), BACKSLASH),
    r'a: "\UFFFFFFFF"': ("this escape is not followed by the number of a character", (1, 5), BACKSLASH),
    r'a: "\U00110000"': ("this escape is not followed by the number of a character", (1, 5), BACKSLASH),
    "a: [1, 2": ('the "[" that opens here is never closed', (1, 4), 'add "]"'),
    "a: {b: 1\nc: 2}": ('the "{" that opens here is never closed, or a comma is missing', (1, 4), 'add "}"'),
    "a: {b: 1 c: 2}": ('"," or "}" is missing before this', (1, 11), None),
    "a: {b: [1, {\n": ("the text ends before its brackets are closed", (1, 12), None),
    "a: [}": ('nothing opened that this "}" could close', (1, 5), "remove it, or quote the text"),
    "a: ]": ('nothing opened that this "]" could close', (1, 4), "remove it, or quote the text"),
    "a: [1,,2]": ("a value is missing before this", (1, 7), QUOTES),
    "a: b: c": ('": " inside text without quotes starts a mapping', (1, 5), QUOTES),
    "a: x\n  b: 1": (
        "this key is indented deeper than the line above allows, for that already has a value",
        (2, 3),
        "line it up with the keys above",
    ),
    "a: 1\nfoo\nb: 2": ('this line has no ":" after its key', (2, 1), 'write "key: value"'),
    "a: *": ('"*" without quotes starts an alias', (1, 4), QUOTES),
    "a: & x": ('"&" without quotes starts an anchor', (1, 4), QUOTES),
    "a: !<x": ('"!" without quotes starts a tag', (1, 4), QUOTES),
    "a: @x": ('text can\'t start with "@" without quotes', (1, 4), QUOTES),
    "a: > x": (
        'after ">" the text must start on the next line',
        (1, 4),
        "if the sign belongs to the text, put the whole value in quotes",
    ),
    'a: "x" y': ("there is text after the closing quote", (1, 8), QUOTES),
    "a: [x] y": ("there is text after the closing bracket", (1, 8), QUOTES),
    "a: - b": ("a list can't start after a key on its line", (1, 4), "put its items on lines of their own"),
    "a:\n  - b\n  c: 1": (
        "this line is not an item of the list around it",
        (3, 3),
        'start it with "- ", or indent it like what it belongs to',
    ),
    "a:\n    b: 1\n  c: 2": ("this line does not line up with the mapping around it", (3, 3), UP),
    "a:\n  b: 1\n - c": ("an item of a list does not line up with the mapping around it", (3, 2), UP),
    "{a: 1}\nb: 2": (
        "this follows the end of the definition",
        (2, 1),
        "remove it, or check the brackets above",
    ),
    "a: \x07": (
        "the control character U+0007 is not allowed in YAML",
        (1, 4),
        r'inside double quotes it can be written as "\u0007"',
    ),
    "a:\n\t- b": ("a tab can't indent YAML", (2, 1), "use spaces"),
    "items:\n  - expression: $x ? {'a': 1} : 2": (
        '": " inside text without quotes starts a mapping',
        (2, 26),
        'put the expression on the lines below "expression: |", indented, or in quotes',
    ),
    # A query that opens a mapping is no expression.
    "query: {b: c}: d": ('": " inside text without quotes starts a mapping', (1, 14), QUOTES),
}


@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
@pytest.mark.parametrize("text", CASES)
def test_explanations(text: str, pure: bool) -> None:
    parsed = parse_yaml(SourceText(text), pure=pure)
    (found,) = parsed.problems
    assert (found.message, tuple(found.span.start), found.help) == CASES[text]
    assert found.rule == "yaml-syntax"
    assert not parsed.is_whole


@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
@pytest.mark.parametrize(
    ("text", "column"),
    [
        (r'a: "\ud83d"', 5),
        (r'a: "\ude00 x"', 5),
        (r'a: "x \\ud83d \n \uD83D\n"', 18),
        # Two characters of those that stand in for pairs while a text is read: none is left to do so.
        ('a: "\ue000\uf000 \\ud83d\\ude00"', 8),
    ],
)
def test_half_a_surrogate_pair_is_not_a_character(text: str, column: int, pure: bool) -> None:
    (found,) = parse_yaml(SourceText(text), pure=pure).problems
    assert (found.message, tuple(found.span.start)) == ("half of a surrogate pair is not a character", (1, column))


def test_a_directive_that_the_parser_refuses_is_in_its_own_words() -> None:
    for pure in (False, True):
        (found,) = parse_yaml(SourceText("%YAML 9\na: 1"), pure=pure).problems
        assert found.rule == "yaml-syntax"
        assert "digit" in found.message


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"a: \xff", "byte 0xFF can't be read as UTF-8", (1, 4)),
        ("a: 1\nb: \ud83d", "half of a surrogate pair is not a character", (2, 4)),
        ("\ufeffa: 1".encode("utf-16-le") + b"\x00\xdc", "bytes 0x00 0xDC can't be read as UTF-16", (1, 5)),
        (b"a\0\xff", "the file is not text", (1, 3)),
        (b" " * (MAX_BYTES + 1), "the file is larger than 32 MiB", (1, 1)),
        (" " * (MAX_BYTES + 1), "the file is larger than 32 MiB", (1, 1)),
    ],
    ids=["utf-8", "surrogate", "utf-16", "binary", "large-bytes", "large-text"],
)
def test_what_is_no_text(data: str | bytes, message: str, place: tuple[int, int]) -> None:
    found = decode(data).problem
    assert found is not None
    assert (found.message, tuple(found.span.start)) == (message, place)
