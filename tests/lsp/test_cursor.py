"""The place of a cursor, marked by | in a text."""

import pytest

from batchctl.diagnostics import Position
from batchctl.lsp.cursor import Cursor, cursor_at
from batchctl.lsp.positions import Encoding, from_editor, to_editor

CASES = [
    ("|", Cursor((), key=True, word="")),
    ("integr|", Cursor((), key=True, word="integr")),
    ("args:\n  |", Cursor(("args",), key=True, word="")),
    ("args:\n  a: 1\nre|", Cursor((), key=True, word="re")),
    ("resources:\n  - |", Cursor(("resources", 0), key=True, word="")),
    ("resources:\n- me|", Cursor(("resources", 0), key=True, word="me")),
    ("resources:\n  - resource: crm/contacts\n    me|", Cursor(("resources", 0), key=True, word="me")),
    ("resources:\n  - a: b\n  - c: d\n    method: |", Cursor(("resources", 1, "method"), key=False, word="")),
    ("resources:\n  - resource: a\n  - resource: cr|", Cursor(("resources", 1, "resource"), key=False, word="cr")),
    ("resources:\n  - resource: a\n    query:\n      sta|", Cursor(("resources", 0, "query"), key=True, word="sta")),
    ("resources:\n  - depends_on: [a, b|", Cursor(("resources", 0, "depends_on"), key=False, word="b")),
    ("resources:\n  - depends_on:\n      - a\n      - |", Cursor(("resources", 0, "depends_on", 1), key=True, word="")),
    (
        'resources:\n  - query: {a: 1, b: "{{args.|',
        Cursor(("resources", 0, "query", "b"), key=False, word="{{args.", placeholder="args."),
    ),
    (
        "resources:\n  - config:\n      expression: |-\n        $su|",
        Cursor(("resources", 0, "config", "expression"), key=False, word="$su", function="su"),
    ),
    ("# note\nargs:\n\n  # more\n  |", Cursor(("args",), key=True, word="")),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_cursor_knows_where_it_is(text: str, expected: Cursor) -> None:
    head = text[: text.rindex("|")]
    lines = (head + text[text.rindex("|") + 1 :]).split("\n")
    position = Position(head.count("\n") + 1, len(head.rpartition("\n")[2]) + 1)
    assert cursor_at(lines, position) == expected


@pytest.mark.parametrize(("encoding", "character"), [("utf-32", 3), ("utf-16", 4), ("utf-8", 7)])
def test_positions_in_the_units_of_an_editor(encoding: Encoding, character: int) -> None:
    lines = ["é😀x-"]
    assert to_editor(lines, Position(1, 4), encoding) == (0, character)
    assert from_editor(lines, 0, character, encoding) == Position(1, 4)
    assert from_editor(lines, 0, 99, encoding) == Position(1, 5)
    assert from_editor(lines, 7, 0, encoding) == Position(8, 1)
