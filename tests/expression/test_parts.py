"""An expression that makes an object of each record is evaluated over parts of the list: with the same answer."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression, evaluate_apart
from batchctl.expression.parts import evaluate_in_parts
from batchctl.expression.shapes import choice_of, list_read
from batchctl.javascript.limits import Limits
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable

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
    "resources.crm.tickets[n > 2]",
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


CHOSEN = {
    "resources.crm.tickets[n > 2]^(>n)": {"n"},
    "resources.crm.tickets[n > 2][id < 40]": {"n", "id"},
    "resources.crm.tickets^(by.name, >n)[0]": {"by", "name", "n"},
    "resources.crm.tickets[-1]": set(),
    "resources.crm.tickets[[0, 0, 3..5]]": set(),
    "resources.crm.tickets[n > 9]": {"n"},
    "resources.crm.tickets[n > 'x']": {"n"},
    "resources.crm.tickets[id = 7] /* one */": {"id"},
    "resources.crm.tickets[`#` = 1 or $lowercase(by.name) = 'a1']^($count(tags))": {"#", "by", "name", "tags"},
    "resources.crm.tickets[by.name in ['A1', 'A2'] and $string(n) > $$.args.since]": {"by", "name", "n"},
    "resources.crm.tickets[$contains(by.name, /1/) ? n = 1 : false]": {"by", "name", "n"},
    "resources.crm.tickets[tags[0] = 'x'][$$.resources.users[0].id = 1]": None,
    "resources.crm.tickets[tags[0] = 'x'][$$.resources.users.id = id]": {"tags", "id"},
    "resources.crm.tickets[$$.resources.crm.tickets.id = id]": None,
    "resources.crm.tickets[$$.resources.crm]": None,
    "resources.crm.tickets[$$ = 1]": None,
    "resources.crm.tickets[$keys() = 'id']": None,
    "resources.crm.tickets[$string($) = 'x']": None,
    "resources.crm.tickets[$contains('x')]": None,
    "resources.crm.tickets[*]": None,
    "resources.crm.tickets[%.users]": None,
    "resources.crm.tickets[n > 2][]": None,
    "resources.crm.tickets[n > 2]{by.name: $count(id)}": None,
    "resources.crm[n = 1].tickets": None,
    "resources.crm.tickets^(n).tags": None,
    "resources.crm.tickets#$i[n > 2]": None,
    "resources.crm.tickets": None,
}


@pytest.mark.parametrize("text", CHOSEN)
def test_records_are_chosen_by_what_is_looked_at(text: str) -> None:
    choice = choice_of(text)
    assert (None if choice is None else choice.names) == CHOSEN[text]
    assert choice is None or choice.path == ("resources", "crm", "tickets")
    compiled = compile_expression(text)
    assert _answer(lambda: evaluate_in_parts(compiled, DATA, Limits())) == _answer(lambda: compiled.evaluate(DATA))


def _answer(evaluate: Callable[[], object]) -> object:
    """The value, or code and place of the error."""
    try:
        return evaluate()
    except ExpressionError as error:
        return error.code, error.position


def test_records_that_are_chosen_are_sent_as_javascript_has_them() -> None:
    records = [{"n": 2, "10": 1, "2": 2, "big": 2**53 + 1}, {"n": 1, "a": 1}]
    compiled = compile_expression("list[n > 0]^(n)")
    found = evaluate_in_parts(compiled, {"list": records}, Limits())
    assert json.dumps(found) == json.dumps(compiled.evaluate({"list": records}))
    assert list(found[1]) == ["2", "10", "n", "big"]  # type: ignore[index]  # a list
    # The input is as it was.
    assert list(records[0]) == ["n", "10", "2", "big"]


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
