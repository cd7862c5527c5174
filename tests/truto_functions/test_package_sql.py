"""Conditions of ``$convertQueryToSql``, as @truto/truto-jsonata 3.0.6 writes and refuses them."""

from __future__ import annotations

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        ('{"a":5},[],{},{"a":"string"}', "a = '5'"),
        ('{"a":"it\'s"},[],{},{"a":"string"},{},{"escapeSingleQuotes":true}', "a = 'it\\'s'"),
        ('{"a":"x"},[],{},{"a":"string"},{},{"useDoubleQuotes":true}', 'a = "x"'),
        (
            '{"a":"x","b":"2024-01-02"},[],{},{"a":"string","b":"date|yyyy/MM/dd"},{},{"noQuotes":true}',
            "a = x AND b = 2024/01/02",
        ),
        ('{"b":"2024-01-02"},[],{},{"b":"date"},{},{"noQuotesForDate":true}', "b = 2024-01-02T00:00:00.000+00:00"),
        ('{"a":"x"},[],{},{"a":{"x":"y"}}', "a = 'y'"),
        ('{"a":"x"},[],{},{"a":{"x":"y"}},{},{"noQuotes":true}', "a = y"),
        ('{"a":"x"},[],{},{"a":{"x":1}}', "a = 1"),
        ('{"a":{"gt":"2024-01-02"}},[],{},{"a":"dotnetdate"}', "a > DateTime(2024,01,02)"),
        ('{"a":"nope"},[],{},{"a":"date|yyyy"}', "a = 'Invalid DateTime'"),
        ('{"a":["x","y",null]},[],{},{"a":"string"},{},{"useOrForIn":true}', "(a = 'x' OR a = 'y')"),
        ('{"a":["x",null]},[],{},{"a":"string"}', "a in ('x',)"),
        ('{"a":1},5', "a = 1"),
        ('{"a":{"gt":null,"lt":3}},[]', "a < 3"),
        ('{"a":1,"b":2,"c":3},[],{},{},{},{"groupComparisonInBrackets":true}', "((a = 1 AND b = 2) AND c = 3)"),
        ('{"a":1},[],{"a":"col"},{},{"eq":"=="},{"noSpaceBetweenOperator":true}', "col==1"),
    ],
    ids=[
        "text type, number",
        "escape",
        "double quotes",
        "no quotes",
        "no quotes date",
        "mapped",
        "mapped noquotes",
        "mapped number",
        "dotnet",
        "invalid date",
        "or for in",
        "in null",
        "keys number",
        "operator null",
        "grouped",
        "named",
    ],
)
def test_a_filter_becomes_a_condition(given: str, condition: str) -> None:
    assert evaluate(f"$convertQueryToSql({given})", {}) == condition


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('{"a":5},[],{},{"a":"string"},{},{"escapeSingleQuotes":true}', "value.replace is not a function"),
        ('{"a":{"in":"x"}},[]', "value.map is not a function"),
        ('{"a":1},null', "Cannot read properties of null (reading 'length')"),
        ("null,[]", "Cannot convert undefined or null to object"),
        ('null,["a"]', "Cannot read properties of null (reading 'a')"),
        ('{"a":null},[]', "Cannot convert undefined or null to object"),
        ('{"a":{"zz":1}},[]', "Unknown operator: zz"),
        ('{"a":1,"or":{"a":2,"b":3}},["a","or"]', "Cannot read properties of undefined (reading 'a')"),
        ('{"or":{"a":2}},["or"]', "Cannot read properties of undefined (reading 'or')"),
    ],
    ids=[
        "escape number",
        "in text",
        "keys null",
        "query null",
        "query null keys",
        "value null",
        "unknown",
        "or",
        "deep or",
    ],
)
def test_a_filter_that_is_refused(given: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        evaluate(f"$convertQueryToSql({given})", {})
    assert said in str(refused.value)
