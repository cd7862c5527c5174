"""An expression that makes an object of each record is evaluated over parts of the list: with the same answer."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression, evaluate_apart
from batchctl.expression.parts import evaluate_in_parts, list_read
from batchctl.javascript.limits import Limits
from batchctl.template import UNDEFINED

TICKETS = [{"id": n, "n": n % 7, "by": {"name": f"A{n % 3}"}, "tags": ["x"] * (n % 3)} for n in range(5_001)]
DATA = {"args": {"since": "2026"}, "resources": {"crm": {"tickets": TICKETS}, "users": [{"id": 1}, {"id": 2}]}}
IN_PARTS = [
    "resources.crm.tickets.{'id': id, 'n': n * 2}",
    "resources.crm.tickets.{'id': id, 'tags': $count(tags), 'self': $.n}",
    "$map(resources.crm.tickets, function($t){ {'id': $t.id, 'by': $t.by.name, 'since': args.since} })",
    "$map(resources.crm.tickets, function($t){ {'users': $count(resources.users), 'tags': $t.tags[0]} })",
    "$map(resources.crm.tickets, function($t){ ($n := $t.n; $merge([$t, {'twice': $n * 2}])) })",
    "$map(resources.crm.tickets, function($t){ $merge([$t.by, {'q': $t.n / 0}]) })",
]
AS_A_WHOLE = [
    "$count(resources.crm.tickets)",
    "resources.crm.tickets[n > 2].{'id': id}",
    "resources.crm.tickets^(>n).{'id': id}",
    "resources.crm.tickets.{'id': id}[0]",
    "resources.crm.tickets.{'all': $count($$.resources.crm.tickets)}",
    "resources.crm.tickets{by.name: $count(id)}",
    "resources.crm.tickets.{'at': $millis()}",
    "resources.crm.tickets#$i.{'at': $i}",
    "resources.crm.tickets.tags.{'of': %.id}",
    "$map(resources.crm.tickets, function($t, $i){ {'at': $i} })",
    "$map(resources.crm.tickets, function($t){ $t.tags })",
    "$map(resources.crm.tickets, function($t){ {'all': $count(resources.crm.tickets)} })",
    "$map(resources.crm.tickets, function($t){ {'all': $count(resources.crm)} })",
    "$map(resources.crm.tickets, function($t){ {'all': $count(resources.*)} })",
    "$map(resources.crm.tickets, function($t){ {'all': $count($.resources.crm.tickets)} })",
    "$map(resources.crm.tickets, $string)",
    "$map(resources.crm.tickets, function($t){ $t.id > 2 ? {'id': $t.id} : [1, 2] })",
]


@pytest.mark.parametrize("text", IN_PARTS)
def test_the_same_in_parts(text: str) -> None:
    assert list_read(text) == ("resources", "crm", "tickets")
    compiled = compile_expression(text)
    made = evaluate_in_parts(compiled, DATA, Limits())
    assert made == compiled.evaluate(DATA)
    assert isinstance(made, list)
    assert len(made) == len(TICKETS)
    assert asyncio.run(evaluate_apart(compiled, DATA, at_once=False)) == made


@pytest.mark.parametrize("text", AS_A_WHOLE)
def test_what_depends_on_the_whole_is_evaluated_as_a_whole(text: str) -> None:
    assert list_read(text) is None
    compiled = compile_expression(text)
    if "$millis" not in text:
        assert evaluate_in_parts(compiled, DATA, Limits()) == compiled.evaluate(DATA)


@pytest.mark.parametrize("tickets", [[], [{"id": 1}], [[{"id": 1}]] * 3_000, ["x"] * 3_000, {"id": 1}, None])
def test_other_data(tickets: object) -> None:
    compiled = compile_expression("resources.crm.tickets.{'id': id}")
    data = {"resources": {"crm": {"tickets": tickets}}}
    assert evaluate_in_parts(compiled, data, Limits()) == compiled.evaluate(data)
    assert evaluate_in_parts(compiled, {"resources": []}, Limits()) is UNDEFINED


def test_an_error_in_a_later_part_has_its_place() -> None:
    text = "resources.crm.tickets.{'id': $length(id)}"
    compiled = compile_expression(text)
    data = {"resources": {"crm": {"tickets": [{"id": "x"}] * 4_000 + [{"id": 1}]}}}
    with pytest.raises(ExpressionError) as in_parts:
        evaluate_in_parts(compiled, data, Limits())
    with pytest.raises(ExpressionError) as whole:
        compiled.evaluate(data)
    assert (in_parts.value.code, in_parts.value.position) == (whole.value.code, whole.value.position)


def test_limits_are_those_of_the_whole() -> None:
    compiled = compile_expression("resources.crm.tickets.{'id': id, 'by': by}")
    with pytest.raises(ExpressionError, match="took longer than 0 s"):
        evaluate_in_parts(compiled, DATA, Limits(time_s=0))
    with pytest.raises(ExpressionError) as large:
        evaluate_in_parts(compiled, DATA, Limits(result_bytes=60_000))
    assert large.value.code == "U1001"


def test_an_evaluation_takes_little_more_than_its_answer() -> None:
    compiled = compile_expression("resources.crm.tickets.{'id': id}")
    tracemalloc.start()
    try:
        made = evaluate_in_parts(compiled, DATA, Limits())
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(made) == len(TICKETS)  # type: ignore[arg-type]  # a list
    assert peak < 2.5 * held
