import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from batchctl.expression import Expression, ExpressionError, Limits, check_syntax, compile_expression, evaluate
from batchctl.expression.engine import program_of
from batchctl.expression.exact import ExactProgram
from batchctl.template import UNDEFINED

SHORT = Limits(time_s=0.3, items=1_000_000, string_bytes=1_000_000)


@pytest.mark.parametrize(
    ("expression", "data", "value"),
    [
        ("$sum(xs.a)", {"xs": [{"a": 1}, {"a": 2}]}, 3),
        ("a", {"a": None}, None),
        ("b", {"a": None}, UNDEFINED),
        ("$", None, None),
        ("a", {"a": "\ud800"}, "�"),
        ("$$", {"b": 1, "10": 2, "9": 3}, {"9": 3, "10": 2, "b": 1}),
    ],
)
def test_values(expression: str, data: object, value: object) -> None:
    found = evaluate(expression, data)
    assert found == value
    if isinstance(value, dict) and isinstance(found, dict):
        assert list(found) == list(value)


@pytest.mark.parametrize(
    ("expression", "text", "answer"),
    [
        ("a", '{"a": null}', "null"),
        ("b", '{"a": null}', None),
        ("[a, 1e21]", '{"a": 1.0}', "[1,1e+21]"),
        ("$$", '{"b":1,"10":2,"9":"\\ud800"}', '{"9":"�","10":2,"b":1}'),
    ],
)
def test_json_text(expression: str, text: str, answer: str | None) -> None:
    assert compile_expression(expression).evaluate_json(text) == answer


@pytest.mark.parametrize(
    ("expression", "code", "position"),
    [
        ('{"a":1', "S0203", 6),
        ('1 + $sum(["a"])', "T0412", 9),
        ('"Ünï✓" & $nope(1)', "T1006", 15),
        ("", "S0207", 0),
        ("1) + (2", "S0201", 2),
    ],
)
def test_an_error_has_a_code_and_a_place_in_the_users_text(expression: str, code: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(expression, {})
    assert (caught.value.code, caught.value.position) == (code, position)


def test_syntax_is_checked_without_data() -> None:
    assert check_syntax("$nope(resources.x)") is None
    error = check_syntax("[1, ")
    assert error is not None
    assert error.code == "S0203"


def test_input_that_is_not_json() -> None:
    with pytest.raises(ExpressionError, match="not valid JSON"):
        compile_expression("a").evaluate_json("{")


HOSTILE = {
    "endless tail call": ("( $f := function($x){ $f($x + 1) }; $f(1) )", {}),
    "endless recursion": ("( $f := function($x){ 1 + $f($x) }; $f(1) )", {}),
    "slow pattern": ("$contains(s, /^(a+)+$/)", {"s": "a" * 40 + "!"}),
    "doubling": ('( $f := function($s, $n){ $n = 0 ? $s : $f($s & $s, $n - 1) }; $length($f("x", 40)) )', {}),
    "long range": ("$sum([1..9999999])", {}),
    "deep brackets": ("(" * 50_000, {}),
    "long sum": ("1" + "+1" * 5_000, {}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_ends_with_an_error(name: str) -> None:
    expression, data = HOSTILE[name]
    with pytest.raises(ExpressionError):
        compile_expression(expression).evaluate(data, limits=SHORT)


def test_deep_input() -> None:
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    assert evaluate("$count($)", deep) == 1
    with pytest.raises(ExpressionError, match="nests too deep"):
        compile_expression("1").evaluate_json("[" * 100_000 + "]" * 100_000)


def test_one_expression_in_many_threads() -> None:
    expression = Expression("$sum($$.xs) & $string($$.id)")

    def one(number: int) -> bool:
        data = {"xs": [number] * 50, "id": number}
        value = expression.evaluate(data)
        text = expression.evaluate_json(json.dumps(data))
        return value == f"{number * 50}{number}" and text == f'"{value}"'

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(400)))


def test_a_text_is_compiled_once_in_a_process() -> None:
    text = "$uppercase(name) & $dtFromIso('2026-01-31').toISODate()"
    assert check_syntax(text) is None
    before = program_of.cache_info().misses
    first = compile_expression(text)
    assert compile_expression("".join(text)) is first
    assert program_of.cache_info().misses == before
    built = ExactProgram(text)
    assert built.evaluator is ExactProgram(text).evaluator is not ExactProgram(f"{text} ").evaluator
    compiled = compile_expression.cache_info().misses
    assert [evaluate(text, {"name": "a"}) for _ in range(3)] == ["A2026-01-31"] * 3
    assert compile_expression.cache_info().misses == compiled


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('"a" / 0', 'The left side of the "/" operator must evaluate to a number'),
        ('$spread({"a": "x" * 2})', "the left side of an arithmetic operator must be a number"),
        ('"" & 1 / 0', "an infinite number, or NaN, has no text: Infinity"),
    ],
)
def test_what_is_no_number_is_said_in_plain_words(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(message)):
        evaluate(expression, {})
