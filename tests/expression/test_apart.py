"""A heavy expression does not hold up the other tasks of an event loop."""

import asyncio
import json
import time

import pytest

from batchctl.expression import ExpressionError, Limits, compile_expression, evaluate_apart
from batchctl.template import UNDEFINED

ENDLESS = compile_expression("( $f := function($n){ $f($n + 1) }; $f(1) )")
DATED = compile_expression("( $f := function($n){ $f($dtFromIso('2026-01-31').year) }; $f(1) )")
RECORDS = {"xs": [{"id": number, "name": f"n{number}"} for number in range(20_000)]}
MAPPED = compile_expression("$map(xs, function($x){ {'id': $x.id, 'name': $uppercase($x.name)} })")


async def turns_while(work: asyncio.Task[object]) -> int:
    """How often another task has its turn until the work is done."""
    turns = 0
    while not work.done():
        await asyncio.sleep(0.01)
        turns += 1
    return turns


@pytest.mark.parametrize("expression", [ENDLESS, DATED], ids=["engine", "evaluator"])
def test_others_go_on_while_an_expression_runs_into_its_limit(expression: object) -> None:
    async def main() -> int:
        work = asyncio.create_task(evaluate_apart(expression, {}, limits=Limits(time_s=1)))  # type: ignore[arg-type]  # parametrized
        turns = await turns_while(work)
        with pytest.raises(ExpressionError, match="took longer than 1 s"):
            await work
        return turns

    # A thread that held the others up would leave two or three.
    assert asyncio.run(main()) > 10


@pytest.mark.parametrize("at_once", [True, False])
def test_the_answer_is_the_same_either_way(at_once: bool) -> None:
    async def main() -> list[object]:
        return [
            await evaluate_apart(MAPPED, RECORDS, at_once=at_once),
            await evaluate_apart(compile_expression("xs[0].none"), RECORDS, at_once=at_once),
            await evaluate_apart(compile_expression("null"), RECORDS, at_once=at_once),
        ]

    mapped, missing, null = asyncio.run(main())
    assert mapped == MAPPED.evaluate(RECORDS)
    assert missing is UNDEFINED
    assert null is None


def test_a_limit_below_a_moment_holds() -> None:
    began = time.monotonic()
    with pytest.raises(ExpressionError, match=r"took longer than 0\.01 s"):
        asyncio.run(evaluate_apart(ENDLESS, {}, limits=Limits(time_s=0.01)))
    assert time.monotonic() - began < 5


def test_only_what_is_read_is_handed_over() -> None:
    expression = compile_expression("$count(resources.a.b) + args.n")
    data = {"args": {"n": 1, "m": 2}, "resources": {"a": {"b": [1], "c": [2]}, "d": [3]}, "more": 1}
    assert expression.text_read(data) == '{"args":{"n":1},"resources":{"a":{"b":[1]}}}'
    assert json.loads(compile_expression("$string($)").text_read(data)) == data
    assert json.loads(compile_expression("resources.*").text_read(data)) == {"resources": data["resources"]}


@pytest.mark.parametrize("count", [0, 1, 2_000, 2_001])
def test_of_records_only_what_is_read_is_handed_over(count: int) -> None:
    records = [{"id": n, "by": {"name": "A", "at": n}, "more": 1} for n in range(count)]
    text = compile_expression("list.{'id': id, 'by': by.name}").text_read({"list": records})
    assert json.loads(text) == {"list": [{"id": n, "by": {"name": "A"}} for n in range(count)]}
    assert json.loads(compile_expression("$count(list)").text_read({"list": [records, None, 1]})) == {
        "list": [[{}] * count, None, 1]
    }


@pytest.mark.parametrize("source", ["resources.a.b.x", "$dtFromIso('2026-01-31').year + resources.a.b[0].x"])
def test_a_thread_answers_the_same(source: str) -> None:
    data = {"args": {}, "resources": {"a": {"b": [{"x": 1}, {"x": 2}]}, "d": [3]}}
    expression = compile_expression(source)
    assert asyncio.run(evaluate_apart(expression, data, at_once=False)) == expression.evaluate(data)
