"""How a batch ended: one outcome per resource, the same for every executor."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard

from batchctl.structs import Public, Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batchctl.engine.remarks import RunRemark
    from batchctl.json_types import JsonObject, JsonValue


class Work(Struct, frozen=True):
    """What a resource used: the numbers of its ``calls``, ``pages`` and ``retries``, and times in seconds.

    ``elapsed_s`` is how long it worked, ``throttled_s`` how long its calls waited for rate limits. ``partial`` is how
    many answers said that they are incomplete (``is_partial_response``), ``empty`` how many pages of lists had no
    content at all, not even an empty list (204 aside). None where unknown.
    """

    calls: int | None = None
    pages: int | None = None
    elapsed_s: float | None = None
    retries: int | None = None
    throttled_s: float | None = None
    partial: int | None = None
    empty: int | None = None


class Brought(Public, frozen=True, kw_only=True):
    """An outcome with records: the common base of all outcomes except ``Skipped``.

    ``records`` can be counted and iterated repeatedly. Of a resource that is not in the answer only the first few are
    kept; ``total`` is then their real number, else None. ``work`` says what they took.
    """

    records: Collection[JsonValue] = field(default_factory=list)
    total: int | None = None
    work: Work = Work()

    @property
    def count(self) -> int:
        """How many records the resource brought, including those that are not kept."""
        return len(self.records) if self.total is None else self.total


class Succeeded(Brought, frozen=True):
    """The outcome of a resource of which every call was answered."""


class Failed(Brought, frozen=True):
    """The outcome of a resource with failed calls; ``records`` are those of the calls that succeeded.

    ``errors`` are its entries in the answer's ``errors``. ``accepted`` means that all of them are known and accepted
    (``x-accept``, ``--accept``): the run does not fail because of them.
    """

    errors: list[JsonValue]
    accepted: bool = False


class Skipped(Public, frozen=True):
    """The outcome of a resource that never ran, because the resources named in ``because`` failed.

    ``errors`` are its entries in the answer's ``errors``; empty where it has none.
    """

    because: tuple[str, ...]
    errors: list[JsonValue] = field(default_factory=list)


class NotReached(Brought, frozen=True):
    """The outcome of a resource that had not finished when the run was stopped; ``records`` are those that had come.

    ``errors`` are its entries in the answer's ``errors``, all of them accepted; with another it is ``Failed``.
    """

    errors: list[JsonValue] = field(default_factory=list)


Outcome: TypeAlias = Succeeded | Failed | Skipped | NotReached
"""How one resource ended."""


def errors_of(outcome: Outcome) -> list[JsonValue]:
    """The entries of a resource in the answer's ``errors``; empty for one that succeeded."""
    return [] if isinstance(outcome, Succeeded) else outcome.errors


RunStatus: TypeAlias = Literal["succeeded", "failed", "interrupted"]
Part: TypeAlias = Literal["result", "errors"]
"""The two parts of an answer."""


class RunResult(Public, frozen=True):
    """How a run ended: an outcome for each resource, by key, in the order of the file.

    ``elapsed_s`` is wall-clock time in seconds; ``interrupted`` means that the run was stopped before its end.
    ``request_id`` is the service's, where it gave one. ``raw`` is the service's answer exactly as it came, its lists of
    records still to be iterated; None for a run of the engine. ``answered`` has the keys of the resources whose records
    are in the answer (None: all); ``remarks`` are what the engine noticed about the values that it sent; ``accounts``
    are the ids of the accounts that the calls of a resource named, by its key. ``sync`` is what a run of a sync job
    reports instead of an answer, None for a batch: ``{"run": …, "destinations": …, "errors": …}``, the run as the API
    has it, counts (``delivered``, ``failed``) by destination, and a list of errors by node. ``left_out`` has the keys
    of the resources whose ``run_if`` was false at least once.
    """

    outcomes: Mapping[str, Outcome]
    elapsed_s: float
    request_id: str | None = None
    interrupted: bool = False
    raw: Mapping[str, object] | None = None
    answered: frozenset[str] | None = None
    remarks: tuple[RunRemark, ...] = ()
    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sync: JsonObject | None = None
    left_out: frozenset[str] = frozenset()

    @property
    def failed(self) -> tuple[str, ...]:
        """The keys of the resources, in order, that were skipped, or have errors that are not accepted."""
        return tuple(
            key
            for key, outcome in self.outcomes.items()
            if isinstance(outcome, Skipped) or (isinstance(outcome, Failed) and not outcome.accepted)
        )

    @property
    def ok(self) -> bool:
        """Whether no resource failed and the run was not interrupted."""
        return not self.failed and not self.interrupted

    @property
    def status(self) -> RunStatus:
        """``interrupted`` for a run that was stopped, else ``failed`` or ``succeeded``, the words of every report."""
        return "interrupted" if self.interrupted else "failed" if self.failed else "succeeded"

    def body(self) -> JsonObject:
        """The response body as ``POST /batch-request`` gives it, wholly in memory; for a sync job what ``sync`` has."""
        if self.sync is not None:
            return self.sync
        if self.raw is not None:
            return {part: in_memory(value) for part, value in self.raw.items()}
        body: dict[str, JsonValue] = {"result": {}, "errors": {}}
        for part, key, values in self.answer_lists():
            body[part][key] = list(values)  # type: ignore[index, call-overload]  # made two lines above
        return body

    def answer_lists(self) -> Iterator[tuple[Part, str, Iterable[JsonValue]]]:
        """The answer as lists: the part, the resource's key, and its records or errors, which are read when iterated.

        All ``result`` lists come first; a sync job has none. After the ``errors`` of a service's answer come errors
        that the answer does not list by resource: it gave them in another shape, or not at all.
        """
        if self.raw is not None:
            yield from _raw_lists(self.raw)
            named = self.raw.get("errors")
            for key, outcome in self.outcomes.items():
                if isinstance(outcome, Failed) and not (isinstance(named, dict) and named.get(key)):
                    yield "errors", key, outcome.errors
            return
        for key, outcome in self.outcomes.items():
            if self.answered is None or key in self.answered:
                yield "result", key, () if isinstance(outcome, Skipped) else outcome.records
        for key, outcome in self.outcomes.items():
            if isinstance(outcome, Failed | Skipped) or errors_of(outcome):
                yield "errors", key, errors_of(outcome)


def _raw_lists(raw: Mapping[str, object]) -> Iterator[tuple[Part, str, Iterable[JsonValue]]]:
    parts: tuple[Part, ...] = ("result", "errors")
    for part in parts:
        lists = raw.get(part)
        for name, value in (lists if isinstance(lists, dict) else {}).items():
            if value is None or (isinstance(value, Collection) and not isinstance(value, str | dict)):
                yield part, name, value or ()
            else:
                yield part, name, [value]


def in_memory(value: object) -> JsonValue:
    """A part of an answer (``result`` or ``errors``), with lists that ``is_stored`` is true of read into memory.

    What is no object is returned unchanged.
    """
    if not isinstance(value, dict):
        return value  # type: ignore[return-value]  # plain data
    return {name: list(each) if is_stored(each) else each for name, each in value.items()}


def is_stored(value: object) -> TypeGuard[Collection[JsonValue]]:
    """Whether a value in an answer is a list of records that is not in memory, but read when it is iterated.

    That is any collection but a ``list``, a ``dict`` and a text.
    """
    return isinstance(value, Collection) and not isinstance(value, str | dict | list)
