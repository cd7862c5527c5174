import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.journalled import JournalledBackend, Kept
from batchctl.errors import ConnectionFailed, StoreError
from batchctl.json_types import FileData, JsonValue
from batchctl.redaction import Redactor
from batchctl.truto.calls import Call

SECRET = "hunter2-canary"
LIST = Call("crm/contacts", "list", query={"q": 1}, node="contacts")
CREATE = Call("crm/contacts", "create", body={"name": "Ada"}, node="new")


@dataclass
class Memory:
    """A journal without a disk."""

    kept: dict[tuple[bytes, int], tuple[int, str]] = field(default_factory=dict)
    together: list[int] = field(default_factory=list)
    full: bool = False

    def call_name(self, call: JsonValue) -> bytes:
        return repr(call).encode()

    def record_calls(self, answers: Sequence[Kept]) -> None:
        self.together.append(len(answers))
        for each in answers:
            if self.full:
                raise StoreError("the disk is full")
            self.kept[each.name, each.occurrence] = (each.status, each.body)

    def announce(self, name: bytes, occurrence: int) -> None:
        pass

    def recall(self, name: bytes, occurrence: int) -> tuple[int, str] | None:
        return self.kept.get((name, occurrence))


@dataclass
class Counting:
    """Answers each call with its number."""

    reply: Reply | None = None
    sent: list[Call] = field(default_factory=list)

    async def send(self, call: Call) -> Reply:
        self.sent.append(call)
        return self.reply or Reply(200, {"result": [len(self.sent)]})

    async def aclose(self) -> None:
        pass


def journalled(inner: Counting, journal: Memory, *, key: str | None = None, resumed: bool = False) -> JournalledBackend:
    return JournalledBackend(inner, journal, redactor=Redactor([SECRET]), key=key, resumed=resumed)


def send_all(backend: JournalledBackend, *calls: Call) -> list[Reply]:
    async def work() -> list[Reply]:
        return [await backend.send(call) for call in calls]

    return asyncio.run(work())


def test_a_resumed_run_sends_only_what_is_missing() -> None:
    journal, again = Memory(), Counting()
    before = send_all(journalled(Counting(), journal), LIST, CREATE)
    backend = journalled(again, journal, resumed=True)
    other = Call("crm/contacts", "list", query={"q": 2}, node="contacts")
    assert send_all(backend, LIST, CREATE, other)[:2] == before
    assert again.sent == [other]
    assert backend.replayed == 2


def test_the_same_call_of_another_node_or_page_is_another_call() -> None:
    journal, again = Memory(), Counting()
    send_all(journalled(Counting(), journal), LIST)
    page = Call("crm/contacts", "list", query={"q": 1, "next_cursor": "x"}, node="contacts")
    elsewhere = Call("crm/contacts", "list", query={"q": 1}, node="others")
    send_all(journalled(again, journal, resumed=True), page, elsewhere)
    assert len(again.sent) == 2


def test_equal_calls_are_told_apart_by_their_turn() -> None:
    journal, again = Memory(), Counting()
    send_all(journalled(Counting(), journal), CREATE, CREATE)
    bodies = [reply.body for reply in send_all(journalled(again, journal, resumed=True), CREATE, CREATE, CREATE)]
    assert bodies == [{"result": [number]} for number in (1, 2, 1)]
    assert len(again.sent) == 1


@pytest.mark.parametrize(("status", "kept"), [(404, True), (422, True), (401, False), (429, False), (500, False)])
def test_a_refusal_is_kept_if_it_is_final(status: int, *, kept: bool) -> None:
    journal = Memory()
    send_all(journalled(Counting(Reply(status, {"message": "no"})), journal), LIST)
    assert bool(journal.kept) is kept


def test_a_call_without_an_answer_is_not_kept() -> None:
    class Broken(Counting):
        async def send(self, call: Call) -> Reply:  # noqa: ARG002 - the backend's signature
            raise ConnectionFailed("gone")

    journal = Memory()
    with pytest.raises(ConnectionFailed):
        send_all(journalled(Broken(), journal), LIST)
    assert journal.kept == {}


def test_an_answer_with_a_secret_is_kept_without_it_and_comes_back_with_it() -> None:
    journal, reply = Memory(), Reply(200, {"result": [f"x{SECRET}y"]})
    send_all(journalled(Counting(reply), journal), LIST, CREATE)
    assert not any(SECRET in body for _, body in journal.kept.values())
    later = Counting()
    assert send_all(journalled(later, journal, resumed=True), LIST, CREATE) == [reply, reply]
    assert later.sent == []


def test_where_the_secret_is_not_known_any_more_a_read_is_sent_again_and_a_write_refused() -> None:
    journal = Memory()
    send_all(journalled(Counting(Reply(200, {"result": [SECRET]})), journal), LIST, CREATE)
    later = Counting()
    changed = JournalledBackend(later, journal, redactor=Redactor(["another-token"]), resumed=True)
    assert send_all(changed, LIST) == [Reply(200, {"result": [1]})]
    with pytest.raises(StoreError, match="POST /unified/crm/contacts holds a secret"):
        send_all(changed, CREATE)
    assert later.sent == [LIST]


def test_writes_get_a_key_that_is_the_same_in_every_attempt_at_the_run() -> None:
    first, second, other = Counting(), Counting(), Counting()
    send_all(journalled(first, Memory(), key="k"), CREATE, CREATE, LIST)
    send_all(journalled(second, Memory(), key="k", resumed=True), CREATE, CREATE, LIST)
    send_all(journalled(other, Memory(), key="l"), CREATE)
    keys = [call.idempotency_key for call in first.sent]
    assert keys == [call.idempotency_key for call in second.sent]
    assert keys[0] != keys[1]
    assert keys[2] is None
    assert other.sent[0].idempotency_key not in keys


def test_odd_text_survives() -> None:
    journal = Memory()
    body: JsonValue = {"result": [], "text": "\ud800 \u2028 🚀", "n": 2**80, "x": 1e-7}
    send_all(journalled(Counting(Reply(200, body)), journal), LIST)
    assert send_all(journalled(Counting(), journal, resumed=True), LIST)[0].body == body


@pytest.mark.parametrize(
    ("call", "body", "is_kept"),
    [
        (LIST, {"result": [1]}, True),
        (LIST, {"result": None}, True),
        (LIST, None, False),
        (LIST, {"id": 1}, False),
        (LIST, {"result": "none"}, False),
        (LIST, {"result": [], "next_cursor": {"page": 2}}, False),
        (Call("crm/contacts", "get", "1"), {"id": 1}, True),
        (Call("crm/contacts", "get", "1"), None, False),
        (CREATE, None, True),
    ],
)
def test_an_answer_of_the_wrong_shape_is_asked_for_again(call: Call, body: JsonValue, is_kept: bool) -> None:
    journal, again = Memory(), Counting()
    send_all(journalled(Counting(Reply(200, body)), journal), call)
    send_all(journalled(again, journal, resumed=True), call)
    assert bool(again.sent) is not is_kept


def test_a_secret_that_is_learnt_in_the_middle_of_a_run_is_not_stored_and_comes_back() -> None:
    journal, reply = Memory(), Reply(200, {"result": [{"echo": "learnt-canary-1"}]})
    backend = journalled(Counting(reply), journal)
    backend.learn(frozenset({"learnt-canary-1"}))
    send_all(backend, LIST)
    assert "learnt-canary-1" not in str(journal.kept)
    again = journalled(Counting(), journal, resumed=True)
    again.learn(frozenset({"learnt-canary-1"}))
    assert send_all(again, LIST) == [reply]


class Slow(Counting):
    """Answers all calls that wait in one turn of the event loop."""

    async def send(self, call: Call) -> Reply:
        await asyncio.sleep(0)
        return await super().send(call)


def at_once(backend: JournalledBackend, *calls: Call) -> list[Reply | BaseException]:
    async def work() -> list[Reply | BaseException]:
        return await asyncio.gather(*(backend.send(call) for call in calls), return_exceptions=True)

    return asyncio.run(work())


READS = [Call("crm/contacts", "list", query={"q": number}, node="contacts") for number in range(5)]


def test_answers_that_come_together_are_stored_together_and_each_before_it_is_used() -> None:
    journal = Memory()
    backend = journalled(Slow(), journal)

    async def work() -> list[int]:
        async def one(call: Call) -> int:
            await backend.send(call)
            return len(journal.kept)

        return await asyncio.gather(*(one(call) for call in READS))

    assert asyncio.run(work()) == [5] * 5
    assert journal.together == [5]


def test_an_answer_to_a_write_waits_for_no_other() -> None:
    journal = Memory()
    at_once(journalled(Slow(), journal), *READS, CREATE)
    assert journal.together == [1, 5]


def test_a_full_disk_is_an_error_of_every_call_that_it_concerns() -> None:
    found = at_once(journalled(Slow(), Memory(full=True)), *READS)
    assert [str(each) for each in found] == ["the disk is full"] * 5


class Cancelling(Slow):
    """Cancels all ``tasks`` with the last of their answers, when the others wait for the disk."""

    tasks: list[asyncio.Task[Reply]]

    async def send(self, call: Call) -> Reply:
        reply = await super().send(call)
        if len(self.sent) == len(self.tasks):
            for each in self.tasks:
                each.cancel()
        return reply


def test_what_came_before_a_cancellation_is_stored() -> None:
    journal, inner = Memory(), Cancelling()
    backend = journalled(inner, journal)

    async def work() -> list[Reply | BaseException]:
        inner.tasks = [asyncio.ensure_future(backend.send(call)) for call in READS]
        return await asyncio.gather(*inner.tasks, return_exceptions=True)

    assert {type(each) for each in asyncio.run(work())} == {asyncio.CancelledError}
    assert len(journal.kept) == 5


def test_the_bytes_of_a_file_are_kept() -> None:
    """A resumed run downloads nothing again."""
    journal, held = Memory(), FileData(b"\xff\x00", "stream", "image/png")
    call = Call("media/pictures", "download", query={"truto_response_format": "stream"}, node="download")
    asyncio.run(journalled(Counting(Reply(200, held)), journal).send(call))
    again = Counting()
    found = asyncio.run(journalled(again, journal, resumed=True).send(call)).body
    assert isinstance(found, FileData)
    assert (found.data, found.kind, found.media, again.sent) == (b"\xff\x00", "stream", "image/png", [])
