"""What there is to say while a batch is run, as values: a command line prints them, a library may log them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.execution.row_end import RowEnd


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run is recorded under ``run_id``, and can be resumed by it."""

    run_id: str


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """The run store can't be used, for this ``reason``: the batch runs, but can't be resumed or shown again."""

    reason: str


@dataclass(frozen=True, slots=True)
class KeyChosen:
    """A batch that writes got the idempotency key ``key``; with ``rows`` each row adds its number to it."""

    key: str
    rows: bool = False


@dataclass(frozen=True, slots=True)
class SentLiterally:
    """Placeholders without a value whose text is sent, since that was allowed."""

    placeholders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfigExposed:
    """The file with credentials at ``path`` can be read by other users of this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class Retrying:
    """The batch is sent again in ``wait_s`` seconds, for this ``reason``; ``attempt`` counts from 1."""

    attempt: int
    wait_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class ResponsesReused:
    """So many calls of a resumed run were answered from its journal."""

    count: int


@dataclass(frozen=True, slots=True)
class ResponseSaved:
    """A response that can't be used is in the file ``path``, unaltered."""

    path: Path


@dataclass(frozen=True, slots=True)
class RecordsSaved:
    """The complete records of a response that was cut off are in the file ``path``."""

    path: Path


@dataclass(frozen=True, slots=True)
class Resumable:
    """The run did not reach its end; ``run_id`` is what to resume."""

    run_id: str


@dataclass(frozen=True, slots=True)
class ContextRead:
    """``names`` of the account's context were asked of the API, ``missing`` are those that it did not tell.

    ``secrets`` are values among them that look secret, and that must not be shown.
    """

    names: tuple[str, ...]
    missing: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class RowFinished:
    """A row of many ended; ``reused`` says that it had already succeeded in the run that is resumed."""

    end: RowEnd
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A file is at ``path``, or in that folder ``count`` of what ``what`` says: ``file``, ``folder``."""

    path: str
    count: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Fixtures were made of ``count`` of what ``what`` says (``call``, ``row``, the records of a ``resource``)."""

    folder: Path
    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Traced:
    """So many HTTP calls are in the HAR file ``path``."""

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
