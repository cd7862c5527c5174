"""What there is to say while a batch is run, as values: a command line prints them, a library may log them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from batchctl.structs import Private, Struct

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.execution.row_end import RowEnd


class RunStarted(Struct, frozen=True):
    """The run is recorded under ``run_id``, and can be resumed by it."""

    run_id: str


class NotRecorded(Struct, frozen=True):
    """The run store can't be used, for this ``reason``: the batch runs, but can't be resumed or shown again."""

    reason: str


class KeyChosen(Struct, frozen=True):
    """A batch that writes got the idempotency key ``key``; with ``rows`` each row adds its number to it."""

    key: str
    rows: bool = False


class SentLiterally(Struct, frozen=True):
    """Placeholders without a value whose text is sent, since that was allowed."""

    placeholders: tuple[str, ...]


class ConfigExposed(Struct, frozen=True):
    """The file with credentials at ``path`` can be read by other users of this machine."""

    path: Path


class Retrying(Struct, frozen=True):
    """The batch is sent again in ``wait_s`` seconds, for this ``reason``; ``attempt`` counts from 1."""

    attempt: int
    wait_s: float
    reason: str


class ResponsesReused(Struct, frozen=True):
    """``count`` calls of a resumed run were answered from its journal."""

    count: int


class ResponseSaved(Struct, frozen=True):
    """A response that can't be used is in the file ``path``, unaltered."""

    path: Path


class RecordsSaved(Struct, frozen=True):
    """The complete records of a response that was cut off are in the file ``path``."""

    path: Path


class Resumable(Struct, frozen=True):
    """The run did not reach its end; ``run_id`` is the id to resume it by."""

    run_id: str


class ContextRead(Private, frozen=True):
    """``names`` are the keys of the account's context read from the API, ``missing`` those that it does not have.

    ``secrets`` are values among them that look secret, and that must not be shown.
    """

    HIDDEN = ("secrets",)

    names: tuple[str, ...]
    missing: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()


class NodeEvaluated(Struct, frozen=True):
    """Node ``key``, which has ``debug: true``, made ``value`` of ``data``: JSON both, of long ones the beginning."""

    key: str
    data: str
    value: str


class RowFinished(Struct, frozen=True):
    """A row of many ended; ``reused`` says that it had already succeeded in the run that is resumed."""

    end: RowEnd
    reused: bool = False


class Written(Struct, frozen=True):
    """A file was written at ``path``; with ``count``, that many files or folders (``what``) were written in it."""

    path: str
    count: int | None = None
    what: str = ""


class Recorded(Struct, frozen=True):
    """Fixtures were written to ``folder`` from ``count`` calls, rows or resources; ``what`` is the word for these."""

    folder: Path
    count: int
    what: str


class Traced(Struct, frozen=True):
    """``calls`` HTTP calls were written to the HAR file ``path``."""

    path: Path
    calls: int


Notice: TypeAlias = (
    RunStarted
    | NotRecorded
    | KeyChosen
    | SentLiterally
    | ConfigExposed
    | Retrying
    | ResponsesReused
    | ResponseSaved
    | RecordsSaved
    | Resumable
    | ContextRead
    | NodeEvaluated
    | RowFinished
    | Written
    | Recorded
    | Traced
)


class Notify(Protocol):
    """Gets each notice as it comes; must be quick and must not raise."""

    def __call__(self, notice: Notice, /) -> None:
        """Take one notice."""


def silent(notice: Notice, /) -> None:
    """A ``Notify`` that ignores every notice."""
