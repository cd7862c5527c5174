"""What is known of a run without its calls: what ``batchctl runs`` lists."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Literal, TypeAlias

from batchctl.structs import Public, Struct, field

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue

# How a run ended, as it said itself: ``RunResult.status``, or that it could not run.
Status: TypeAlias = Literal["succeeded", "failed", "interrupted", "refused"]
# The same, or what can be seen from outside.
State: TypeAlias = Literal["succeeded", "failed", "interrupted", "refused", "running", "incomplete", "damaged"]


class RunFacts(Public, frozen=True):
    """What is known of a recorded run apart from its calls: what it was, when, and how it ended.

    ``id`` is the run's; ``kind`` says who executed it (``direct``, ``truto``, or ``each`` for the rows of ``--each``),
    of a sync job ``sync`` or ``sync-each``; ``file`` is the definition's name for people, ``host`` the API's host that
    it was sent to (``api.truto.one``). ``started_s`` and ``finished_s`` (None before its end) are Unix time in seconds.
    ``state`` is how it ended (``refused``: it could not run), ``running``, ``incomplete`` where its process ended
    before it did, or ``damaged``; ``problem`` then says why it can't be read. ``summary`` has counts from its end, such
    as ``resources``, ``records`` and ``failed`` (names), ``calls`` is how many responses are in its journal and
    ``rows`` how many rows. ``inputs`` is what is needed to read the definition again, None where that was not stored;
    ``key`` its idempotency key, None without one.
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
    """What is stored about a run when it begins.

    ``content`` is the batch as it is sent, of which only a keyed hash is stored. ``inputs`` is what is needed to read
    the definition again (None where that holds secrets); ``key`` is the run's idempotency key, None without one.
    ``kind`` is ``direct``, ``truto``, ``each``, ``sync`` or ``sync-each``, ``file`` the definition's name for people,
    ``host`` the API's host that it is sent to (``api.truto.one``).
    """

    kind: str
    file: str
    content: JsonObject
    host: str = ""
    inputs: JsonObject | None = None
    key: str | None = None


_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def keyed_hash(value: JsonValue, salt: bytes, size: int = 16) -> bytes:
    """A hash of ``size`` bytes (blake2b) of a JSON value; without ``salt``, a secret, nobody can guess the value."""
    text = _encode(value)
    return hashlib.blake2b(text.encode(), key=salt, digest_size=size).digest()
