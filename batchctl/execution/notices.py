"""What there is to say while a batch is run, as values: a command line prints them, a library may log them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from batchctl.structs import Private, Struct

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.execution.row_end import RowEnd


class RunStarted(Struct, frozen=True):
    """A run has started, and is recorded under ``run_id``, with which it can be resumed."""

    run_id: str


class NotRecorded(Struct, frozen=True):
    """The run can't be recorded, for this ``reason``: it goes on, but can't be resumed or shown again."""

    reason: str


class KeyChosen(Struct, frozen=True):
    """A batch that writes got the new idempotency key ``key``; with ``rows`` each row adds its number to it."""

    key: str
    rows: bool = False


class SentLiterally(Struct, frozen=True):
    """Placeholders that have no value are sent as their text (``{{args.x}}``), since the user has allowed that."""

    placeholders: tuple[str, ...]


class ConfigExposed(Struct, frozen=True):
    """The file with credentials at ``path`` can be read by other users of this machine."""

    path: Path


class Retrying(Struct, frozen=True):
    """The batch is sent again in ``wait_s`` seconds, for this ``reason``; ``attempt`` is 1 for the first repetition."""

    attempt: int
    wait_s: float
    reason: str


class ResponsesReused(Struct, frozen=True):
    """``count`` calls of a resumed run were not sent: their answers were recorded by an earlier attempt."""

    count: int


class ResponseSaved(Struct, frozen=True):
    """What came of a response is kept in the file ``path``, with marks in place of known secrets.

    It can't be used, or the disk for the run's record was full.
    """

    path: Path


class RecordsSaved(Struct, frozen=True):
    """The complete records of a response that was cut off are in the JSON file ``path``.

    It is an object in the form of a response: ``{"result": {resource: [record, …]}, …}``, as far as that had come.
    """

    path: Path


class Resumable(Struct, frozen=True):
    """The run did not reach its end, or failed in part; ``run_id`` is the id to resume it by."""

    run_id: str


class ContextRead(Private, frozen=True):
    """The context of an account was read from the API: ``names`` are the keys read, ``missing`` those that it lacks.

    ``secrets`` are values among them that look secret, and that must not be shown.
    """

    HIDDEN = ("secrets",)

    names: tuple[str, ...]
    missing: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()


class NodeEvaluated(Struct, frozen=True):
    """Node ``key``, which has ``debug: true``, evaluated its expression over ``data``, with the result ``value``.

    Both are JSON text, cut off after 2,000 characters.
    """

    key: str
    data: str
    value: str


class RowFinished(Struct, frozen=True):
    """One of many rows has ended, as ``end`` says; ``reused`` means that it succeeded before the run was resumed."""

    end: RowEnd
    reused: bool = False


class Written(Struct, frozen=True):
    """A file was written at ``path``; with ``count`` it is a folder, in which so many files or folders were written.

    ``what`` is the word for these (``file``). Without a count (None) it is a single file.
    """

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
    """A function that gets each notice about a run as it comes; it must be quick and must not raise.

    A notice is an object of one of the other classes in this module (``Notice`` is their union); tell them apart by
    class.
    """

    def __call__(self, notice: Notice, /) -> None:
        """Take one notice."""


def silent(notice: Notice, /) -> None:
    """A ``Notify`` that ignores every notice."""
