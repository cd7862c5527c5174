"""Functions of ours with arguments that are made to hang or crash them."""

import json
import time

import pytest

from batchctl.expression import ExpressionError, Limits, compile_expression
from batchctl.expression.exact import ExactProgram
from batchctl.structs import replace

LIMITS = Limits(time_s=0.5, string_bytes=1_000_000)


def chain(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = {"a": [value]}
    return value


TOO_DEEP = "Maximum call stack size exceeded"
DOUBLING = '( $f := function($s, $n){ $n = 0 ? $s : $f($join([$s, $s], ""), $n - 1) }; $length($f("x", 40)) )'
FAILING = {
    "twins in a tree": (
        "$count($sortNodes(xs))",
        {"xs": [{"id": n, "parent_id": n - 1} for n in range(1, 60) for _ in range(2)]},
        f"{TOO_DEEP}|took longer than",
    ),
    "a node below itself": (
        "$sortNodes(xs)",
        {"xs": [{"id": 1}, {"id": 2, "parent_id": 1}, {"id": 1, "parent_id": 2}]},
        TOO_DEEP,
    ),
    "blocks below themselves": (
        "$convertNotionToMarkdown(xs)",
        {"xs": [{"id": "a", "type": "toggle", "toggle": {}, "has_children": True, "parent_id": "a"}]},
        TOO_DEEP,
    ),
    "many open tokens": ("$dtFromFormat(s, f)", {"s": "1" * 200, "f": "yyyyyMd" * 10}, "so many tokens"),
    "time": ("( $f := function($n){ $f($wrap($n, '')) }; $f(1) )", {}, "took longer than"),
    "pairs of long texts": ("$mostSimilar(s, l)", {"s": "xy" * 10_000, "l": ["ab" * 50_000] * 500}, "took longer than"),
    "many rows": ("$zipSqlResponse(c, r, 'n')", {"c": [{"n": "c"}] * 4000, "r": [[1]] * 4000}, "took longer than"),
    "many keys to sort by": ("$orderBy(xs, ks)", {"xs": [{"a": 1}] * 20_000, "ks": ["a"] * 300}, "took longer than"),
    "a long format": ("$dtFromFormat(s, f)", {"s": "1 ", "f": "yyyy " * 400_000}, "took longer than"),
    "dates": ("$count($distinct([1..300000].$dtFromIso('2026-01-31')))", {}, "took longer than"),
    "doubling": (DOUBLING, {}, "a string grew beyond 1,000,000 bytes"),
}


@pytest.mark.parametrize("name", FAILING)
def test_ends_with_an_error_of_one_line(name: str) -> None:
    expression, data, message = FAILING[name]
    # On a busy machine half a second may be over before anything else is wrong.
    limits = LIMITS if "took longer" in message else replace(LIMITS, time_s=60)
    with pytest.raises(ExpressionError, match=message) as caught:
        compile_expression(expression).evaluate(data, limits=limits)
    assert "\n" not in str(caught.value)


def test_what_is_absurd_has_an_answer() -> None:
    assert compile_expression("$jsonParse(s)").evaluate({"s": "[" * 100_000}) is None
    assert compile_expression("$pick(v, 'a[99999999999]')").evaluate({"v": {}}) == {}
    assert compile_expression("$string(v)").evaluate({"v": chain(900)}) == '{"a":[' * 900 + "1" + "]}" * 900


ROWS = {"objs": [{"id": number, "name": f"n{number % 1000}"} for number in range(100_000)]}


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(
    ("expression", "data"),
    [
        ("$count($values([1..3000000]))", {}),
        ("$count($values([1..1000].[[1..3000]]))", {}),
        ('$count($zipSqlResponse([1..60].{"name": "c" & $}, [1..30000].[[1..60]], "name"))', {}),
        ("$length($jsonToCsv(objs))", ROWS),
        ("$count($values($split(s, '')))", {"s": "x" * 1_000_000}),
        ("$length($string(objs)) + $count($compact(objs))", ROWS),
    ],
)
def test_little_is_done_after_the_time_is_over(expression: str, data: dict[str, object], *, text: bool) -> None:
    compiled, limits = compile_expression(expression), Limits(time_s=0.2)
    given = json.dumps(data)
    # What this thread computes, however busy the machine is: without a limit most of these take several seconds.
    began = time.thread_time()
    with pytest.raises(ExpressionError, match=r"took longer than 0\.2 s"):
        compiled.evaluate_json(given, limits=limits) if text else compiled.evaluate(data, limits=limits)
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ('$count($distinct([1..20000].{"a": $ % 15000}))', 15_000),
        ('$count($distinct([1..20000].[[$ % 15000, {"b": 1}]]))', 15_000),
        ('$count($spread([1..50000].{"a": $}))', 50_000),
        ('[1..50000].{"a": $}@$x{"k": $count($x)}', {"k": 50_000}),
        ("$count($each(v, function($x){$x}).*)", 60_000),
    ],
)
def test_time_grows_with_the_number_of_items_alone(expression: str, answer: object) -> None:
    program = ExactProgram(expression)
    given = {"v": {f"k{number}": [[number], number] for number in range(30_000)}}
    began = time.thread_time()
    assert program.run(given, Limits(time_s=60)) == answer
    assert time.thread_time() - began < 5


def test_distinct_takes_apart_what_only_looks_alike() -> None:
    program = ExactProgram(
        '$distinct([1, true, "1", null, [1], [true], {"a": 1}, {"a": true}, {"a": 1.0}, [], {}, 1.0, 0/0, 0/0])'
    )
    answer = program.run({}, Limits())
    assert answer == [1, True, "1", None, [1], [True], {"a": 1}, {"a": True}, [], {}, None, None]


SLOW = {
    "an instruction that does not end": ('$xmlToJs("<?x" & $pad("", 50000))', "the XML can't be read"),
    "a document type that does not end": ('$xmlToJs("<!DOCTYPE" & $pad("", 50000, "a"))', "the XML can't be read"),
    "a list in a list": ("$find([{'a': [1..5000]}], {'a': $reverse([1..5000])})", "took longer than"),
}


@pytest.mark.parametrize("name", SLOW)
def test_texts_and_lists_that_are_made_to_be_slow(name: str) -> None:
    expression, message = SLOW[name]
    began = time.thread_time()
    with pytest.raises(ExpressionError, match=message):
        compile_expression(expression).evaluate({}, limits=Limits(time_s=1))
    assert time.thread_time() - began < 4


def test_graphs_and_comments_take_time_by_their_number_alone() -> None:
    records = [{"id": number, "parent": 0 if number else None} for number in range(30_000)]
    began = time.thread_time()
    graph = compile_expression("$count($dependencyGraph(xs, 'parent', 'id').dependantsOf(0))")
    assert graph.evaluate({"xs": records}) == 29_999
    html = compile_expression("$convertHtmlToMarkdown(s)").evaluate({"s": "a<!--x-->" * 40_000})
    assert html == "a" * 40_000
    assert time.thread_time() - began < 10
