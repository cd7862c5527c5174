"""All rows of a command, each of which can be run, before the first one starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.given import Given
from batchctl.errors import UsageError
from batchctl.execution.row_plans import RowPlans
from batchctl.execution.row_table import RowTable
from batchctl.json_types import write_json
from batchctl.redaction import secret_values
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.execution.row_end import Row
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared


class CheckedRows(Struct, frozen=True):
    """The rows of a command, all of them checked, so that each can be run; ``table`` has them in order.

    ``gathered_rows`` makes it; ``run_rows`` takes its ``table``. ``plan`` is that of the first row, ``plan_of`` returns
    that of any row. ``secrets`` are texts that must not be stored; ``hold_secrets`` means that some row itself contains
    one.
    """

    table: RowTable
    plan: Plan
    plan_of: Callable[[Row], Plan]
    secrets: frozenset[str]
    hold_secrets: bool


def gathered_rows(
    rows: Iterable[Given],
    base: Given,
    prepare: Callable[[Given, int], tuple[Prepared, Plan]],
    secrets_of: Callable[[Plan], set[str]] | None = None,
    shared_by: Callable[[Plan, int], Iterable[str]] | None = None,
    alike: Callable[[Sequence[Diagnostic]], None] | None = None,
) -> CheckedRows:
    """Check all rows, and put them into a table, before the first is run.

    ``base`` is what is given for every row. ``prepare`` gets what a row gives and its number (from 1), and returns the
    checked definition and its plan. Of rows that are alike (they differ only in whole numbers, ids and single words) it
    is called for one, and ``alike`` gets its diagnostics for each of the others (None: nobody does). ``secrets_of``
    returns the secret texts in a plan (None: plans have none). ``shared_by`` gets a plan and the row's number, and
    returns texts of its choice (``account 5c3b…``) that name what the row must not use at the same time as another row
    (None: nothing). Raises what ``prepare`` and ``shared_by`` raise, and ``UsageError`` where there are no rows.
    """
    table, number = RowTable(), 0
    first: Plan | None = None
    plans = RowPlans(lambda given: prepare(given, number), base, alike)
    secrets: set[str] = set()
    held = False
    for number, given in enumerate(rows, 1):
        plan = plans.plan(given)
        if first is None:
            first = plan
            secrets |= secrets_of(plan) if secrets_of else set()
        table.add(given.account, given.values, shared_by(plan, number) if shared_by else ())
        own = secret_values(given.values)
        held = held or bool(own) or _holds(write_json([given.account, given.values]), secrets)
        secrets |= own
    if first is None:
        raise UsageError("there are no rows")
    return CheckedRows(
        table, first, lambda row: plans.plan(Given(row.args, row.account)), frozenset(secrets), hold_secrets=held
    )


def _holds(text: str, secrets: set[str]) -> bool:
    return any(secret in text for secret in secrets if secret)
