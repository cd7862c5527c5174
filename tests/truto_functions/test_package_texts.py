"""Texts, queries, CSV and tables of the functions, as @truto/truto-jsonata 3.0.6 answers."""

from __future__ import annotations

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate


@pytest.mark.parametrize(
    ("expression", "data", "answer"),
    [
        (
            '$recursiveCharacterTextSplitter(x,{"chunkSize":8,"chunkOverlap":0})',
            {"x": ["one two"]},
            ["[", '"one', 'two"', "]"],
        ),
        (
            '$recursiveCharacterTextSplitter(x,{"chunkSize":6,"chunkOverlap":0,"separators":[" "]})',
            {"x": "a abcdefghij b"},
            ["a", "abcde", "fghij", "b"],
        ),
        (
            '$recursiveCharacterTextSplitter(x,{"chunkSize":6,"chunkOverlap":1})',
            {"x": "a abcdefghij b\n\nccc dd"},
            ["a", "abcde", "efghij", "b", "ccc", "dd"],
        ),
        (
            '$recursiveCharacterTextSplitter(x,{"chunkSize":6,"chunkOverlap":0,"separators":["#","|"]})',
            {"x": "one two three"},
            ["one two three"],
        ),
        ('$omit(x,["a.b"])', {"x": {"a": {"b": 1, "c": 2}, "d": 3}}, {"a": {"c": 2}, "d": 3}),
        ('$omit(x,["a[0].b"])', {"x": {"a": [{"c": 2}], "d": 3}}, {"a": [{"c": 2}], "d": 3}),
        ('$omit(x,["z.b"])', {"x": {"a": 1}}, {"a": 1}),
        (
            "$convertHtmlToMarkdown(x)",
            {"x": "<table><tr><th>a</th><th>b</th></tr><tr><td></td></tr><tr><td>1</td><td>2</td></tr></table>"},
            "| a   | b   |\n| --- | --- |\n|     |\n| 1   | 2   |",
        ),
        (
            "$convertHtmlToMarkdown(x)",
            {"x": "<table><tr><td></td><td></td></tr></table>"},
            "|     |     |\n| --- | --- |",
        ),
        ("$convertHtmlToMarkdown(x)", {"x": "<table><tr></tr><tr><td>1</td></tr></table>"}, "| 1   |\n| --- |"),
        ("$convertHtmlToMarkdown(x)", {"x": "<p>a <b> b </b> c</p> <p> </p><pre> x  y </pre>"}, "a **b** c\n\n x  y"),
        (
            '$jsonToCsv(x,{"fields":[{"label":"A","value":"a.b"},{"value":"z","default":"-"}]})',
            {"x": [{"a": {"b": 1}}]},
            '"A","z"\n1,"-"',
        ),
        ('$stringifyQuery({"d":$dtFromIso("2024-03-10").toJSDate()})', {}, "d=2024-03-10T00%3A00%3A00.000Z"),
        ('$parseQuery(x,{"duplicates":"last"})', {"x": "a=1&a=2"}, {"a": "2"}),
        ('$parseQuery(x,{"delimiter":";"})', {"x": "a=1;b=2"}, {"a": "1", "b": "2"}),
        ('$stringifyQuery(x,{"strictNullHandling":true})', {"x": {"a": None, "b": 1}}, "a&b=1"),
        ('$stringifyQuery(x,{"allowEmptyArrays":true})', {"x": {"a": [], "b": 1}}, "a[]&b=1"),
        ('$stringifyQuery(x,{"skipNulls":true})', {"x": {"a": {"b": None, "c": 1}}}, "a%5Bc%5D=1"),
    ],
    ids=[
        "pieces of a list",
        "long word",
        "words cut finer",
        "no separator found",
        "omit of a path",
        "omit of a list",
        "omit of nothing",
        "table",
        "table of empty cells",
        "empty row",
        "blanks",
        "csv of labels",
        "query of a date",
        "query of duplicates",
        "query with a delimiter",
        "query of null with its key",
        "query of an empty list",
        "query without nulls",
    ],
)
def test_what_is_made(expression: str, data: object, answer: object) -> None:
    assert evaluate(expression, data) == answer


@pytest.mark.parametrize(
    ("expression", "data", "said"),
    [
        (
            "$recursiveCharacterTextSplitter(x,options)",
            {
                "x": "a abcdefghij b",
                "options": {"chunkSize": 6, "chunkOverlap": 0, "keepSeparator": False, "separators": [" "]},
            },
            "Cannot read properties of undefined (reading 'length')",
        ),
        (
            '$recursiveCharacterTextSplitter(x,{"chunkSize":6,"chunkOverlap":6})',
            {"x": "one"},
            "Cannot have chunkOverlap >= chunkSize",
        ),
        ('$jsonToCsv(x,{"fields":[5]})', {"x": [{"a": 1}]}, "Invalid field info option. 5"),
    ],
    ids=["separators not kept", "overlap too large", "csv of a column with no text"],
)
def test_what_is_refused(expression: str, data: object, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        evaluate(expression, data)
    assert said in str(refused.value)
