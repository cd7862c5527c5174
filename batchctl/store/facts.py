"""What is known of a run without its calls: what ``batchctl runs`` lists."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Literal, TypeAlias

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue

# How a run ended, as it said itself: ``RunResult.status``, or that it could not run.
Status: TypeAlias = Literal["succeeded", "failed", "interrupted", "refused"]
# The same, or what can be seen from outside.
State: TypeAlias = Literal["succeeded", "failed", "interrupted", "refused", "running", "incomplete", "damaged"]


class RunFacts(Struct, frozen=True):
    """One run. Times are Unix time in seconds.

    ``kind`` says who executed it (``direct``, ``truto``, or ``each`` for the rows of ``--each``), ``file`` is the
    definition's name for people, ``host`` the API it was sent to, ``summary`` counts that the run gave at its end,
    ``calls`` how many responses are in its journal and ``rows`` how many rows, ``problem`` why a damaged one can't be
    read, ``inputs`` what it takes to read the definition once more, ``key`` the idempotency key that went along.
    """

    id: str
    kind: str
    file: str
    started_s: float
    state: State
    host: str = ""
    finished_s: float | None = None
    summary: JsonObject = field(default_factory=dict)
    calls: int = 0
    rows: int = 0
    problem: str = ""
    inputs: JsonObject | None = None
    key: str | None = None


class RunInfo(Struct, frozen=True):
    """What a new run is about.

    ``content`` is the batch as it is sent; only a keyed hash of it is kept. ``inputs`` is what it takes to read the
    definition once more (None where that holds secrets); ``key`` is the run's idempotency key, if it has one.
    """

    kind: str
    file: str
    content: JsonObject
    host: str = ""
    inputs: JsonObject | None = None
    key: str | None = None


def keyed_hash(value: JsonValue, salt: bytes, size: int = 16) -> bytes:
    """``size`` bytes that stand for a JSON value; ``salt`` keeps them from being looked up."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), key=salt, digest_size=size).digest()
