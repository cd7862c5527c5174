"""What can be chosen about a run with the embedded engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from batchctl.json_types import JsonObject


class ToldByRun(Struct, frozen=True):
    """Accounts that become known only during a run: ``nodes`` (by key) refer to them, ``read`` fetches one's context.

    It is called once for each account. An error that it raises becomes an error of the call that needs the context.
    """

    nodes: frozenset[str]
    read: Callable[[str], Awaitable[JsonObject]]


class RunOptions(Struct, frozen=True):
    """Options of a run: at most ``concurrency`` calls at once; ``fail_fast`` stops at the first error.

    ``max_depth`` is how many levels a recursion may have; ``max_pages`` is how many pages one list may have;
    ``keep_records`` is how many records of one resource stay in memory before they go to disk. With ``explain`` every
    call has the origins of its values. ``allow_unresolved`` sends a call that has the text of a placeholder without
    value; without it such a call is not made. ``account`` are the account's context and ``tenant_id``, which
    placeholders and expressions read by their names; ``accounts`` has them for nodes, by key, with another account than
    the run's own, and ``told_by_run`` reads those of accounts that a record or an element names.
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
    told_by_run: ToldByRun | None = None

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ValueError("at least one call at once is needed")
