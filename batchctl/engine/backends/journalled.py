"""Keeps every answer as it comes, and gives the kept one instead of sending a call a second time."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Protocol

from batchctl.engine.answers import lacks_content, read_records
from batchctl.engine.backends.base import Reply
from batchctl.engine.paging import next_cursor
from batchctl.errors import BadAnswer, StoreError
from batchctl.redaction import UnknownSecret
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor
    from batchctl.truto.calls import Call

# Refusals that sending again won't change. Others (an expired token, a rate limit) are worth another try.
_FINAL = frozenset({400, 404, 405, 409, 410, 422})

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class Journal(Protocol):
    """Where answers are stored; ``batchctl.store.run.RunRecord`` is one."""

    def call_name(self, call: JsonValue) -> bytes:
        """A keyed hash that identifies a call; the call can't be read from it."""

    def record_call(self, name: bytes, occurrence: int, node: str, status: int, body: str) -> None:
        """Store an answer: it is on disk when this returns. Raises ``StoreError``.

        ``name`` identifies calls that send the same, ``occurrence`` counts these from 0; ``node`` is the resource in
        the file.
        """

    def recall(self, name: bytes, occurrence: int) -> tuple[int, str] | None:
        """Status and body of the answer that was kept for the ``occurrence``-th call of this name; None without one."""

    def announce(self, name: bytes, occurrence: int) -> None:
        """Note that a write is about to be sent. Raises ``StoreError`` where it must not be.

        ``name`` identifies calls that send the same, ``occurrence`` counts these.
        """


class JournalledBackend:
    """Stores every answer of ``inner``, and uses stored answers in a resumed run.

    Calls of one node that send the same are numbered. A write gets an idempotency key derived from ``key`` and the
    call, so that it is the same when the run is resumed. ``resumed`` means that the journal may have answers;
    ``replayed`` counts those that were used.
    """

    def __init__(
        self, inner: Backend, journal: Journal, *, redactor: Redactor, key: str | None = None, resumed: bool = False
    ) -> None:
        self.replayed = 0
        self._inner = inner
        self._journal = journal
        self._redactor = redactor
        self._seal = redactor.seal(journal.call_name("seal"))
        self._key = key
        self._resumed = resumed
        self._occurrences: dict[bytes, int] = {}

    async def send(self, call: Call) -> Reply:
        """The stored answer, or a new one, which is stored before this returns.

        Raises what the inner backend raises, and ``StoreError`` where the journal can't be used.
        """
        contents: list[JsonValue] = [call.node, call.resource, call.method, call.id, call.query, call.body]
        if call.account is not None:
            contents.append(call.account)
        name = self._journal.call_name(contents)
        occurrence = self._occurrences.get(name, 0)
        self._occurrences[name] = occurrence + 1
        kept = self._recalled(name, occurrence, call) if self._resumed else None
        if kept is not None:
            self.replayed += 1
            return kept
        if self._key is not None and call.is_write:
            call = replace(call, idempotency_key=call_key(self._key, contents, occurrence))
        if call.is_write:
            self._journal.announce(name, occurrence)
        reply = await self._inner.send(call)
        if _is_final(call, reply):
            self._record(name, occurrence, call, reply)
        return reply

    def learn(self, secrets: frozenset[str]) -> None:
        """Mask ``secrets`` too in all that is stored from now on."""
        if secrets:
            self._redactor = self._redactor.with_secrets(secrets)
            self._seal = self._redactor.seal(self._journal.call_name("seal"))

    async def aclose(self) -> None:
        """Close the inner backend; the journal stays open."""
        await self._inner.aclose()

    def _record(self, name: bytes, occurrence: int, call: Call, reply: Reply) -> None:
        body = _encode(reply.body)
        self._journal.record_call(name, occurrence, call.node, reply.status, self._seal.sealed(body))

    def _recalled(self, name: bytes, occurrence: int, call: Call) -> Reply | None:
        """The kept answer, its secrets in place; None where a read has to be asked for once more.

        Raises ``StoreError`` for a write whose answer is damaged or holds a secret that this run does not know: it
        can't be made twice, and what depends on it must not be sent a mark instead of the secret.
        """
        kept = self._journal.recall(name, occurrence)
        if kept is None:
            return None
        try:
            return Reply(kept[0], json.loads(self._seal.opened(kept[1])))
        except (UnknownSecret, ValueError, TypeError, RecursionError) as error:
            if not call.is_write:
                return None
            is_known = not isinstance(error, UnknownSecret)
            what = "can't be read" if is_known else "holds a secret that is not known any more"
            raise StoreError(
                f"the saved response to {call.http_method} {call.path} {what}",
                hint="see at the provider whether it was made, and start a new run for what is missing"
                if is_known
                else "resume with the token, variables and arguments of the first run, or start a new run",
            ) from None


def _is_final(call: Call, reply: Reply) -> bool:
    """Whether asking again can't bring anything else: a refusal, or an answer of the shape that its method has.

    A page without content (an empty 200) may have lost it on the way; it is asked for again.
    """
    if not reply.ok:
        return reply.status in _FINAL
    try:
        read_records(call, reply)
        next_cursor(call, reply.body)
    except BadAnswer:
        return False
    return not lacks_content(call, reply)


def call_key(key: str, contents: JsonValue, occurrence: int) -> str:
    """The idempotency key of a call, a hash of the run's ``key``, the call's ``contents`` and its ``occurrence``."""
    text = json.dumps([key, contents, occurrence], ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
