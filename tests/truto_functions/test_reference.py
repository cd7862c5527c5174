"""docs/jsonata.md lists what there is and says what is so."""

from pathlib import Path

import pytest

from batchctl.expression import FUNCTIONS, evaluate
from batchctl.template import UNDEFINED
from batchctl.truto_functions.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "jsonata.md"


def test_the_page_lists_every_function() -> None:
    page = PAGE.read_text("utf-8")
    assert reference() in page
    assert all(f"${name}" in page for name in FUNCTIONS)


ITEMS = {"items": [{"type": "x", "k": 2, "v": "b"}, {"type": "y", "k": 1, "v": "a"}]}


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('$firstNonEmpty("", "x")', ""),
        ('$removeEmpty({"a": 1})', UNDEFINED),
        ('$join(["a", "b"])', "a,b"),
        ("$map(items[0], function($i){ $i.k })", 2),
        ("$map([], function($i){ $i })", UNDEFINED),
        ('"x" & items^(k).v', UNDEFINED),
        ('"x" & (items^(k).v ~> $join(""))', "xab"),
        ("$groupBy(items, function($i){ $i.type })", {"[object Promise]": ITEMS["items"]}),
        ("$find(items, function($i){ false })", ITEMS["items"][0]),
        ("$string(5890840712243076)", "5890840712243080"),
        ('"" & 5890840712243076', "5890840712243076"),
        ('$convertCurrencyToSubunit(19.99, "USD")', 1998),
        ('$dtFromIso("2024-03-10T15:00")', "2024-03-10T15:00:00.000+00:00"),
        ('[$toNumber("abc")]', [None]),
        ('$string({"f": function($x){ $x }})', '{"f":""}'),
        ('"Due: " & $dtFromIso("2024-03-10")', 'Due: "2024-03-10T00:00:00.000+00:00"'),
        ('$dtFromIso("2024-03-10") = $dtFromIso("2024-03-10")', False),
        ("[1 / 0]", [None]),
        ("$keys(items{$string(11 - k): v})", ["9", "10"]),
    ],
)
def test_what_the_page_says_of_surprises(expression: str, answer: object) -> None:
    assert evaluate(expression, ITEMS) == answer
