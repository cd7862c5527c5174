"""Keeps every answer as it comes, and gives the kept one instead of sending a call a second time."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple, Protocol

from batchctl.engine.answers import lacks_content, read_records
from batchctl.engine.backends.base import Reply
from batchctl.engine.paging import next_cursor
from batchctl.errors import BadAnswer, StoreError
from batchctl.json_types import with_files, without_files
from batchctl.redaction import UnknownSecret
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.backends.base import Backend
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor
    from batchctl.truto.calls import Call

# Refusals that sending again won't change. Others (an expired token, a rate limit) are worth another try.
_FINAL = frozenset({400, 404, 405, 409, 410, 422})

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class Kept(NamedTuple):
    """An answer to be stored: ``name`` identifies calls that send the same, ``occurrence`` counts these from 0.

    ``node`` is the key of the resource in the file, ``status`` the HTTP status, ``body`` the answer as JSON text.
    """

    name: bytes
    occurrence: int
    node: str
    status: int
    body: str


class Journal(Protocol):
    """Where the answers to a run's calls are stored, to be used when the run is resumed.

    ``batchctl.store.run.RunRecord`` is one. A call is identified by its name (see ``call_name``) and by its occurrence:
    how many calls of this name came before it.
    """

    def call_name(self, call: JsonValue) -> bytes:
        """The name of a call, a keyed hash of ``call``, JSON of all that it sends; equal calls have equal names."""

    def record_calls(self, answers: Sequence[Kept]) -> None:
        """Store answers, all or none: they are on disk when this returns. Raises ``StoreError``."""

    def recall(self, name: bytes, occurrence: int) -> tuple[int, str] | None:
        """Status and body (JSON text) of the answer stored for a call; None where there is none.

        ``name`` is the call's (``call_name``), ``occurrence`` counts calls of this name from 0. Raises ``StoreError``
        where the journal can't be read.
        """

    def announce(self, name: bytes, occurrence: int) -> None:
        """Store that a write is about to be sent, so that it is known to be open if the process ends before the answer.

        ``name`` is the call's (``call_name``), ``occurrence`` counts calls of this name from 0. Raises ``StoreError``
        where that can't be stored, and so the write must not be sent.
        """


class _Together:
    """Stores answers that come in the same turn of the event loop together: one by one takes several times as long."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Kept, asyncio.Future[None]]] = []

    async def store(self, row: Kept) -> None:
        """Store an answer: it is on disk when this returns. Raises ``StoreError``."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self.flush)
        stored: asyncio.Future[None] = loop.create_future()
        self._waiting.append((row, stored))
        await stored

    def flush(self) -> None:
        """Store what waits, and let those go on who wait for it."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        error: StoreError | None = None
        try:
            self._journal.record_calls([row for row, _stored in waiting])
        except StoreError as failed:
            error = failed
        for _row, stored in waiting:
            if stored.done():
                continue
            if error is None:
                stored.set_result(None)
            else:
                stored.set_exception(error)


class JournalledBackend:
    """Stores the answers of ``inner`` in ``journal``, and uses stored answers when a run is resumed.

    Where ``key``, the run's idempotency key, is not None, each write gets one derived from it and from what the call
    sends: the same one when the run is resumed. Secrets that ``redactor`` knows are replaced by marks in what is
    stored, and put back when it is used. ``resumed`` means that the journal may have answers; ``replayed`` counts those
    that were used.
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
        self._together = _Together(journal)
        self._under_way = 0

    async def send(self, call: Call) -> Reply:
        """The stored answer, or a new one, which is stored before this returns.

        An answer that may be another one next time (a rate limit, an error of the server, a broken body) is not stored.
        Raises ``ServiceError`` (from the inner backend) where no usable answer came, and ``StoreError`` where the
        journal can't be used, or where it has an answer to a write that can't be read.
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
        self._under_way += 1
        try:
            reply = await self._inner.send(call)
            if _is_final(call, reply):
                row = Kept(
                    name, occurrence, call.node, reply.status, self._seal.sealed(_encode(without_files(reply.body)))
                )
                # One on which nobody else waits, and a write's, is stored without a detour.
                if call.is_write or self._under_way == 1:
                    self._journal.record_calls([row])
                else:
                    await self._together.store(row)
        finally:
            self._under_way -= 1
        return reply

    def learn(self, secrets: frozenset[str]) -> None:
        """Replace ``secrets`` by marks, too, in all that is stored from now on."""
        if secrets:
            self._redactor = self._redactor.with_secrets(secrets)
            self._seal = self._redactor.seal(self._journal.call_name("seal"))

    async def aclose(self) -> None:
        """Close the inner backend; the journal stays open."""
        self._together.flush()
        await self._inner.aclose()

    def _recalled(self, name: bytes, occurrence: int, call: Call) -> Reply | None:
        """The kept answer, its secrets in place; None where a read has to be asked for once more.

        Raises ``StoreError`` for a write whose answer is damaged or holds a secret that this run does not know: it
        can't be made twice, and what depends on it must not be sent a mark instead of the secret.
        """
        kept = self._journal.recall(name, occurrence)
        if kept is None:
            return None
        try:
            return Reply(kept[0], with_files(json.loads(self._seal.opened(kept[1]))))
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
    """The idempotency key of one write, as hexadecimal digits, the same whenever the arguments are the same.

    ``key`` is the run's, ``contents`` is JSON of all that the call sends, ``occurrence`` counts equal calls from 0.
    """
    text = json.dumps([key, contents, occurrence], ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
