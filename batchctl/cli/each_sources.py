"""Where the rows come from, and that all of them can be run, before the first one starts."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.cli.checking import show_problems_or_plan
from batchctl.cli.consent import checked_plan
from batchctl.cli.each_rows import read_rows
from batchctl.definition.given import Given
from batchctl.diagnostics import Severity
from batchctl.errors import ExpressionError, UsageError
from batchctl.execution.notices import silent
from batchctl.execution.row_plans import RowPlans
from batchctl.execution.row_table import RowTable
from batchctl.json_types import write_json
from batchctl.redaction import secret_values

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

    from batchctl.cli.executors import Setup
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.row_options import RowOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.diagnostics import Diagnostic
    from batchctl.execution.resume import SavedInputs
    from batchctl.execution.row_end import Row
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared
    from batchctl.truto.connection import Connection

_MAX_WARNED_ROWS = 20


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Rows that can be run: ``plan`` is that of the first one, ``plan_of`` makes that of any.

    ``secrets`` must not be kept in a store; ``hold_secrets`` says that a row has one.
    """

    table: RowTable
    plan: Plan
    plan_of: Callable[[Row], Plan]
    secrets: frozenset[str]
    hold_secrets: bool


def checked_rows(setup: Setup, saved: SavedInputs | None) -> CheckedRows:
    """The rows of the command line, else of the run that is resumed; each is prepared once.

    The problems of the first row that has any are shown, and nothing starts.
    """
    named = setup.line.rows.each or "the resumed run"
    news = _News(setup.terminal)

    def prepare(given: Given, number: int) -> tuple[Prepared, Plan]:
        prepared = setup.inputs.prepare(given, required=Severity.ERROR)
        _name_row(prepared, given, f"row {number}", named, setup.terminal)
        notify = silent if number > 1 else setup.notify
        return prepared, checked_plan(news.of(prepared), setup.line.checks, setup.terminal, notify)

    return gathered_rows(_given(setup.line.rows, setup, saved), setup.inputs.given(), prepare, setup.secrets)


def gathered_rows(
    rows: Iterable[Given],
    base: Given,
    prepare: Callable[[Given, int], tuple[Prepared, Plan]],
    secrets_of: Callable[[Plan], set[str]] | None = None,
) -> CheckedRows:
    """All rows, each checked; ``base`` is given for all, ``prepare`` gets a row and its number.

    Raises what ``prepare`` raises, ``UsageError`` for no rows.
    """
    table, number = RowTable(), 0
    first: Plan | None = None
    plans = RowPlans(lambda given: prepare(given, number), base)
    secrets: set[str] = set()
    held = False
    for number, given in enumerate(rows, 1):  # noqa: B007 - prepare reads it
        plan = plans.plan(given)
        if first is None:
            first = plan
            secrets |= secrets_of(plan) if secrets_of else set()
        table.add(given.account, given.values)
        own = secret_values(given.values)
        held = held or bool(own) or _holds(write_json([given.account, given.values]), secrets)
        secrets |= own
    if first is None:
        raise UsageError("there are no rows")
    return CheckedRows(
        table, first, lambda row: plans.plan(Given(row.args, row.account)), frozenset(secrets), hold_secrets=held
    )


def _name_row(prepared: Prepared, given: Given, label: str, named: str, terminal: Terminal) -> None:
    """Say whose problems come next, where there are any that stop it."""
    if prepared.plan is None:
        terminal.problem(f"{label}{f' · {given.account}' if given.account else ''} of {named}:")


class _News:
    """What there is to say about a row and was not said about an earlier one; of many rows only the first are heard."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._said: set[Diagnostic] = set()
        self._warned_rows = 0
        self._is_first = True

    def of(self, prepared: Prepared) -> Prepared:
        """The same with what is new about it; all of it for the first row, and where it can't be run."""
        new = tuple(found for found in prepared.diagnostics if found not in self._said)
        self._said.update(new)
        if self._is_first or not prepared.ok:
            self._is_first = False
            return prepared
        self._warned_rows += bool(new)
        if new and self._warned_rows > _MAX_WARNED_ROWS:
            if self._warned_rows == _MAX_WARNED_ROWS + 1:
                self._terminal.note("more rows have warnings; batchctl validate --each shows those of all")
            new = ()
        return replace(prepared, diagnostics=new, beside=())


def previewed_rows(inputs: Inputs, asked: RowOptions, fixtures: Path | None, terminal: Terminal) -> CheckedRows:
    """The rows of a dry run: as ``checked_rows``, but required arguments may still be missing."""
    news = _News(terminal)

    def prepare(given: Given, number: int) -> tuple[Prepared, Plan]:
        prepared = inputs.prepare(given)
        _name_row(prepared, given, f"row {number}", str(asked.each), terminal)
        return prepared, show_problems_or_plan(news.of(prepared), terminal, quiet=terminal.quiet)

    rows = read_rows(asked)
    if asked.is_accounts:
        connection = None if fixtures is not None else _own_connection(terminal)
        rows = account_rows(asked, connection, fixtures or inputs.folder / "fixtures")
    return gathered_rows(rows, inputs.given(), prepare)


def _own_connection(terminal: Terminal) -> Connection:
    """The API of the environment or the profile: a dry run has no options for it. Raises ``CredentialsError``."""
    from batchctl.config.credentials import find_credentials
    from batchctl.config.user import user_profiles
    from batchctl.truto.connection import Connection

    found = find_credentials(user_profiles(os.environ), os.environ, token=None, api_url=None, profile=None)
    terminal.hide([found.token])
    return Connection(found.api_url, found.token)


def _holds(text: str, secrets: set[str]) -> bool:
    return any(secret in text for secret in secrets if secret)


def _given(asked: RowOptions, setup: Setup, saved: SavedInputs | None) -> Iterator[Given]:
    if asked.is_accounts:
        connection = None if setup.kind == "local" else setup.target().connection
        yield from account_rows(asked, connection, setup.line.mode.fixtures or setup.inputs.folder / "fixtures")
    elif asked.each is not None:
        yield from read_rows(asked)
    else:
        kept = saved.rows if saved and saved.rows is not None else None
        if kept is None and setup.resumed is not None:
            yield from map(_kept, setup.store.rows(setup.resumed.id))
        else:
            yield from map(_kept, kept or ())


def _kept(row: JsonObject) -> Given:
    account, args = row.get("account"), row.get("args")
    return Given(args if isinstance(args, dict) else {}, account if isinstance(account, str) else None)


def account_rows(asked: RowOptions, connection: Connection | None, fixtures: Path) -> Iterator[Given]:
    """A row per integrated account for which ``--where`` is true; without a connection those of the fixtures.

    Raises ``UsageError`` where there is none, and what asking the API raises.
    """
    from batchctl.expression import compile_expression

    try:
        where = compile_expression(asked.where) if asked.where is not None else None
        accounts = wait_for(_listed(connection)) if connection is not None else list(_in_fixtures(fixtures))
        found = [each for each in accounts if where is None or _is_true(where.evaluate(each))]
    except ExpressionError as error:
        raise UsageError(f"--where: {error}") from error
    if not found:
        count = f"none of {len(accounts)}" if accounts else "no"
        raise UsageError(f"{count} accounts to run for", hint="see --where" if asked.where else "connect one in Truto")
    for account in found:
        account_id = str(account["id"])
        yield Given().with_account(account_id, f"account {account_id} of --each accounts")


def _is_true(value: object) -> bool:
    """As JSONata has it for what an expression gives: false, 0, and what is empty are not."""
    return value is not None and bool(value)


async def _listed(connection: Connection) -> list[JsonObject]:
    from batchctl.service.accounts import list_accounts

    accounts: AsyncIterator[JsonObject] = list_accounts(connection)
    return [account async for account in accounts]


def _in_fixtures(folder: Path) -> Iterator[JsonObject]:
    from batchctl.engine.backends.fixture_folder import FixtureFolder

    fixtures = FixtureFolder(folder)
    for name in fixtures.accounts():
        about = fixtures.account(name)
        yield {**(about.facts if about else {}), "id": name}
