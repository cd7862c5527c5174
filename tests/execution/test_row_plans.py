"""The plan of a row that was not prepared itself is the one that preparing it gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchctl.definition.given import Given
from batchctl.errors import DefinitionError, UsageError
from batchctl.execution.plan_for import plan_for
from batchctl.execution.row_plans import RowPlans
from batchctl.json_types import JsonValue
from batchctl.plan.planner import Plan
from batchctl.preparation import Prepared, prepare

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
TEXT = f"""\
integrated_account_id: {ACCOUNT}
args: {{stage: none, ids: [1], limit: 5, who: {{name: Ada}}}}
resources:
  - {{resource: crm/contacts, method: list, query: {{stage: "{{{{args.stage}}}}", first: "{{{{args.ids.0}}}}"}}}}
  - {{name: each, resource: crm/contacts, method: get, loop_on: args.ids, id: "{{{{args.ids}}}}"}}
  - {{name: who, resource: crm/notes, method: list, query: {{by: "{{{{args.who.name}}}}", l: "{{{{args.limit}}}}"}}}}
"""
SCHEMA = "args_schema: {stage: {type: string, maxLength: 4}, more: {type: integer, default: 7}}\n"
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.sampled_from([2**53 + 1, 0.5, "", "lead", "won", "7", "007", "a b", "$&", "{{args.x}}", "true", ACCOUNT]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "0", "x"]), inner, max_size=2),
    max_leaves=4,
)
ROWS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("stage", "ids", "limit", "who"), VALUES)),
    min_size=1,
    max_size=8,
)


class Counting:
    def __init__(self, text: str) -> None:
        self.text, self.count = text, 0

    def __call__(self, row: Given) -> tuple[Prepared, Plan]:
        self.count += 1
        prepared = prepare(self.text, environment={}, given=row)
        return prepared, plan_for(prepared).plan


def outcome(make: RowPlans | Counting, row: Given) -> object:
    try:
        plan = make.plan(row) if isinstance(make, RowPlans) else make(row)[1]
    except (DefinitionError, UsageError) as error:
        return type(error), str(error)
    definition = plan.definition
    return definition.args, definition.integrated_account_id, definition.payload, plan.waves, list(plan.steps)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, schema=st.booleans(), cast=st.booleans())
def test_a_plan_is_that_of_the_row_itself(rows: list[dict[str, JsonValue]], schema: bool, cast: bool) -> None:
    text = TEXT + (SCHEMA if schema else "")
    if cast:
        text = text.replace("{{args.limit}}", "{{args.limit:int}}")
    plans = RowPlans(Counting(text), Given())
    for number, values in enumerate(rows):
        row = Given(values, ACCOUNT.replace("5c3b5d2e", f"{number:08d}") if number % 2 else None)
        assert outcome(plans, row) == outcome(Counting(text), row)
        assert outcome(plans, row) == outcome(Counting(text), row)


def test_rows_of_one_shape_are_prepared_once() -> None:
    making = Counting(TEXT)
    plans = RowPlans(making, Given())
    for number in range(100):
        args: dict[str, JsonValue] = {"stage": f"s{number}", "limit": number}
        plan = plans.plan(Given(args, f"{number:08d}-1111-4111-8111-111111111111"))
        assert plan.definition.args == {"stage": f"s{number}", "ids": [1], "limit": number, "who": {"name": "Ada"}}
    assert making.count == 1


@pytest.mark.parametrize("column", ["api_key", "password"])
def test_a_row_with_a_secret_is_looked_at_by_itself(column: str) -> None:
    making = Counting(
        TEXT.replace("{stage: none", f"{{{column}: x, stage: none").replace("args.stage", f"args.{column}")
    )
    plans = RowPlans(making, Given())
    for number in range(3):
        plans.plan(Given({column: f"secret-{number}"}))
    assert making.count == 3
