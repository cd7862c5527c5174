"""Inputs so large that handing them to a function of ours would take all of the time that an evaluation has."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression
from batchctl.javascript.key_order import holds_more
from batchctl.javascript.limits import Limits

ZIP = "$zipSqlResponse(columns, rows, 'name')"
JSON = st.recursive(
    st.one_of(st.none(), st.integers(0, 9), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=2), inner, max_size=4)),
    max_leaves=20,
)


def table(width: int, length: int) -> dict[str, object]:
    return {"columns": [{"name": f"c{number}"} for number in range(width)], "rows": [list(range(width))] * length}


def _count(values: list[object]) -> int:
    inner = [item for each in values if isinstance(each, list) for item in each]
    inner += [item for each in values if isinstance(each, dict) for item in each.values()]
    return len(values) + (_count(inner) if inner else 0)


@given(st.lists(JSON, max_size=5), st.integers(0, 40))
def test_values_are_counted_at_every_depth(values: list[object], most: int) -> None:
    assert holds_more(values, most) == (_count(values) > most)


@pytest.mark.parametrize("text", [False, True])
def test_the_time_ends_within_a_function(text: bool) -> None:
    expression, data, limits = compile_expression(ZIP), table(60, 4_000), Limits(time_s=0.01)
    with pytest.raises(ExpressionError, match="took longer than") as raised:
        expression.evaluate_json(json.dumps(data), limits=limits) if text else expression.evaluate(data, limits=limits)
    assert raised.value.code == "D1012"


@pytest.mark.parametrize("text", [False, True])
def test_what_is_too_large_for_the_first_engine_gives_the_same_value(text: bool) -> None:
    expression, data = compile_expression(f"{ZIP} ~> $count"), table(3, 400)
    over: list[str] = []
    # 0.02 s are 6,000 values: the same rows twelve times.
    for times, limits in ((1, Limits()), (12, Limits(time_s=0.02)), (12, Limits())):
        much = {**data, "rows": data["rows"] * times}  # type: ignore[operator]  # a list
        try:
            found = expression.evaluate_json(json.dumps(much), limits=limits) if text else expression.evaluate(much)
        except ExpressionError as error:
            over.append(error.code)
        else:
            assert found in (400 * times, str(400 * times))
    # Where the machine is busy, the time may simply be over.
    assert over in ([], ["D1012"])


def test_text_that_is_no_json_is_an_error_at_any_size() -> None:
    with pytest.raises(ExpressionError, match="not valid JSON"):
        compile_expression(ZIP).evaluate_json("[" + "1," * 9_000, limits=Limits(time_s=0.01))
