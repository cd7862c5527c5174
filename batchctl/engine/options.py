"""What can be chosen about a run with the embedded engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import UsageError
from batchctl.redaction import MaskedRepr
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from batchctl.json_types import JsonObject


class LateAccounts(Struct, frozen=True):
    """How to read accounts whose ids are known only during a run, since a record or a loop's element names them.

    ``nodes`` are the keys of the nodes whose calls name such accounts. ``read`` takes an account's id and returns one
    object with the keys of its context and ``tenant_id``; it is called once for each account. A ``ServiceError`` or
    ``UsageError`` that it raises becomes an error of the call that needs the context.
    """

    nodes: frozenset[str]
    read: Callable[[str], Awaitable[JsonObject]]


_LEAST = {"concurrency": 1, "max_depth": 1, "keep_records": 0, "max_pages": 1}
_FLAGS = ("fail_fast", "explain", "allow_unresolved")


class RunOptions(MaskedRepr, frozen=True):
    """How the engine runs a plan: limits, what to do about errors, and what is known of integrated accounts.

    At most ``concurrency`` calls are made at once; ``fail_fast`` stops at the first error. ``max_depth`` is how many
    levels a recursion may have, ``max_pages`` how many pages one list may have, ``keep_records`` how many records of
    one resource stay in memory before they go to disk. With ``explain`` events say how each call was made.
    ``allow_unresolved`` sends calls with the text of placeholders that have no value; without it they are not made.
    ``account`` has the context and ``tenant_id`` of the run's account, which placeholders and expressions read by name;
    ``accounts`` has the same for nodes, by key, with another account. ``late_accounts`` reads those of accounts that a
    record or an element names. Raises ``UsageError`` for a limit that is no whole number or less than 1 (for
    ``keep_records`` less than 0), and for a flag that is not a bool.
    """

    concurrency: int = 10
    fail_fast: bool = False
    max_depth: int = 100
    keep_records: int = 10_000
    max_pages: int = 100_000
    explain: bool = False
    allow_unresolved: bool = False
    account: JsonObject = field(default_factory=dict)
    accounts: Mapping[str, JsonObject] = field(default_factory=dict)
    late_accounts: LateAccounts | None = None

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise UsageError(f"{name} must be a whole number, {least} or more")
        for name in _FLAGS:
            if not isinstance(getattr(self, name), bool):
                raise UsageError(f"{name} must be True or False")
