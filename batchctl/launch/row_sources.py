"""Where rows come from: a file, stdin, the environment's accounts, or the run that is resumed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.definition.given import Given
from batchctl.errors import UsageError
from batchctl.execution.resume import SavedInputs
from batchctl.files import STDIN, read_bytes
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore
    from batchctl.truto.connection import Connection

ACCOUNTS = "accounts"


class RowSource(Struct, frozen=True):
    """Where the rows of a run come from: ``each`` is a file, ``-`` for stdin, or ``accounts`` for the environment's.

    A run without rows has None as ``each``. ``each_format`` is the format of a file: ``csv``, ``tsv``, ``ndjson``,
    ``json``, ``yaml`` or ``yml`` (None: by its ending); ``where`` is a JSONata condition over an account as the API
    describes it (None: all accounts). Iterate ``read`` for a file and stdin, ``accounts`` where ``is_accounts`` is
    true.
    """

    each: str | None = None
    each_format: str | None = None
    where: str | None = None

    @property
    def is_accounts(self) -> bool:
        """Whether the rows are the environment's accounts."""
        return self.each == ACCOUNTS

    @property
    def file(self) -> Path | None:
        """The file that the rows are read from; None for stdin, for accounts, and without ``--each``."""
        return None if self.each in (None, STDIN, ACCOUNTS) else Path(str(self.each))

    def require_sense(self, definition: str | None) -> None:
        """Raise ``UsageError`` for options about rows that do not go together, such as ``--where`` without accounts.

        ``definition`` is the file that is run (``-``: stdin, from which not both can come; None: no file).
        """
        if self.each is None:
            for option, value in (("--each-format", self.each_format), ("--where", self.where)):
                if value is not None:
                    raise UsageError(f"{option} goes with --each")
            return
        if self.each == STDIN and definition == STDIN:
            raise UsageError("definition and rows can't both come from stdin", hint="name a file for one of them")
        if self.each == STDIN and self.each_format is None:
            raise UsageError("--each - needs to know what it reads", hint="--each-format csv, ndjson, json or yaml")
        if self.where is not None and not self.is_accounts:
            raise UsageError("--where goes with --each accounts")
        if self.is_accounts and self.each_format is not None:
            raise UsageError("--each-format is for the rows of a file, not for --each accounts")

    def read(self) -> Iterator[Given]:
        """What each row in the file (or stdin) of ``--each`` gives to a run: arguments, account.

        Errors are raised while it is iterated: ``UsageError`` for a format that is not known, a file that can't be
        read, and a row that can't be used. It is for a file or stdin only.
        """
        from batchctl.definition.rows import FORMATS, iter_rows

        named = str(self.each)
        row_format = self.each_format or Path(named).suffix.lower().removeprefix(".")
        if row_format not in FORMATS:
            endings = ", ".join(f".{each}" for each in FORMATS)
            raise UsageError(
                f"--each {named}: the file must end in {endings}", hint="or say what it is with --each-format"
            )
        shown = "<stdin>" if named == STDIN else named
        for row in iter_rows(read_bytes(named), shown, str(row_format)):
            yield row.given

    def accounts(self, connection: Connection | None, fixtures: Path) -> Iterator[Given]:
        """A row, with its id, for each of the environment's integrated accounts for which ``where`` is true.

        Without a ``connection`` they are those in the folder ``fixtures``. Raises, when the first is asked for,
        ``UsageError`` where there are none or ``where`` can't be evaluated, ``ServiceError`` when a request fails.
        """
        from batchctl.execution.account_rows import account_rows

        return account_rows(self.where, connection, fixtures)


def recorded_rows(store: RunStore, facts: RunFacts | None) -> Iterator[Given]:
    """What each row of the run that ``facts`` describe gives, as ``store`` has it: arguments, account.

    Nothing is yielded where ``facts`` is None, or no rows are stored. Raises ``StoreError``, while it is iterated, for
    rows that can't be read.
    """
    if facts is None:
        return
    # Earlier versions kept the rows with the run's inputs.
    kept = SavedInputs.of(facts).rows if facts.inputs is not None else None
    yield from map(_recorded, store.rows(facts.id) if kept is None else kept)


def _recorded(row: JsonObject) -> Given:
    account, args = row.get("account"), row.get("args")
    return Given(args if isinstance(args, dict) else {}, account if isinstance(account, str) else None)
