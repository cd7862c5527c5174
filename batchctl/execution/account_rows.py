"""The integrated accounts of an environment, or of a fixtures folder, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.definition.given import Given
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.errors import ExpressionError, UsageError
from batchctl.expression import compile_expression
from batchctl.service.accounts import list_accounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from batchctl.json_types import JsonObject
    from batchctl.truto.connection import Connection


def account_rows(condition: str | None, connection: Connection | None, fixtures: Path) -> Iterator[Given]:
    """A row for each integrated account of the token's environment for which ``condition`` is true.

    ``condition`` is JSONata over an account as the API describes it, None for all accounts. Without a ``connection``
    they are the accounts in the folder ``fixtures``, which is not read otherwise. A row gives nothing but the account's
    id; rows are in the order of the API, or sorted by id. The requests are made, and errors raised, when the first row
    is asked for. Raises ``UsageError`` where there are none, and for a condition that can't be evaluated;
    ``ServiceError`` when a request fails.
    """
    try:
        where = compile_expression(condition) if condition is not None else None
        accounts = wait_for(_listed(connection)) if connection is not None else list(_in_fixtures(fixtures))
        found = [each for each in accounts if where is None or _is_true(where.evaluate(each))]
    except ExpressionError as error:
        raise UsageError(f"--where: {error}") from error
    if not found:
        count = f"none of {len(accounts)}" if accounts else "no"
        raise UsageError(
            f"{count} accounts to run for", hint="see --where" if condition is not None else "connect one in Truto"
        )
    for account in found:
        account_id = str(account["id"])
        yield Given().with_account(account_id, f"account {account_id} of --each accounts")


def _is_true(value: object) -> bool:
    """As JSONata has it for what an expression gives: false, 0, and what is empty are not."""
    return value is not None and bool(value)


async def _listed(connection: Connection) -> list[JsonObject]:
    accounts: AsyncIterator[JsonObject] = list_accounts(connection)
    return [account async for account in accounts]


def _in_fixtures(folder: Path) -> Iterator[JsonObject]:
    fixtures = FixtureFolder(folder)
    for name in fixtures.accounts():
        about = fixtures.account(name)
        yield {**(about.facts if about else {}), "id": name}
