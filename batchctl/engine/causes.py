"""The errors of a resource by cause: what happened, how often, where, in whose words, and what to do."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from batchctl.engine.result import Failed, Skipped
from batchctl.json_types import write_json
from batchctl.patterns import lazy_regex
from batchctl.plain import clean, listed
from batchctl.redaction import mask_pairs
from batchctl.structs import Struct, field
from batchctl.truto.envelope import describe_entry, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.result import Outcome, RunResult
    from batchctl.json_types import JsonValue

# How many of the calls that failed for one cause are remembered.
_ORIGINS = 20
_WORDS = 4000
_MESSAGE = 400
# So much of a query and of a body stands beside an error; reports hold all that the entry has.
_SENT = 160
# Parts of a message that differ from record to record: ids, numbers, quoted words.
_PARTICULAR = lazy_regex(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\"[^\"]*\"|'[^']*'|\b[\w-]*\d[\w-]*\b",
    re.IGNORECASE,
)


class Cause(Struct, frozen=True):
    """A reason for which calls of a resource failed, and what is known about it; ``count`` calls failed for it.

    ``status`` is the HTTP status, ``sentence`` the message of the first error, ``origin`` whose error it is
    (``definition``, ``connection``, ``service``, ``provider``, ``fixtures`` or ``row``). ``origins`` are the first 20
    calls with what they sent and the records they were made for (``at GET /x for parents p1, query {"limit": 5}``;
    without a call, ``for parents p1``). ``words`` is the provider's own answer, ``advice`` what to do, ``field`` the
    field of the resource (``query.owner``); each is None where it is not known.
    """

    status: int
    sentence: str
    count: int
    origins: tuple[str, ...]
    words: str | None
    advice: str | None
    origin: str
    field: str | None = None


def causes(errors: Iterable[JsonValue]) -> list[Cause]:
    """The causes of ``errors``, which are entries of a response's ``errors``, in the order in which they first occur.

    An entry is an object with ``statusCode``, ``message`` and others (anything else counts as its text). Errors that
    differ only in ids, numbers and quoted words have the same cause.
    """
    found: dict[object, CountedCause] = {}
    for error in errors:
        found.setdefault(likeness(error), CountedCause(error)).add(error)
    return [known.cause() for known in found.values()]


class CountedCause(Struct):
    """A cause of errors, to which errors are added one by one: the ``first`` of them, and how many there are.

    Each is an entry of a response's ``errors`` (an object with ``statusCode``, ``message`` …). ``first`` is not counted
    until it is added, too. ``origins`` are the calls of the first 20 errors, in words.
    """

    first: JsonValue
    count: int = 0
    origins: list[str] = field(default_factory=list)

    def add(self, error: JsonValue) -> None:
        """Count ``error``, an entry of ``errors`` with the same cause; the calls of the first 20 are remembered."""
        self.count += 1
        if len(self.origins) < _ORIGINS and (origin := _origin(error)):
            self.origins.append(origin)

    def cause(self) -> Cause:
        """The ``Cause`` of all errors counted so far; its sentence, advice and words are those of the first."""
        envelope = describe_entry(self.first)
        origins = tuple(self.origins)
        words, advice = _words(self.first), envelope.advice()
        field = self.first.get("field") if isinstance(self.first, dict) else None
        return Cause(
            envelope.status,
            envelope.sentence(),
            self.count,
            origins,
            words,
            advice,
            envelope.origin,
            field if isinstance(field, str) else None,
        )


def likeness(error: JsonValue) -> object:
    """A hashable value that is equal for two entries of ``errors`` with the same cause; it is fast to compute.

    They have the same origin (whose error it is), ``statusCode`` and ``message``; ids, numbers and quoted words in the
    message are ignored. An entry that is no object is compared as text.
    """
    if not isinstance(error, dict):
        return _PARTICULAR.sub("#", str(error)[:_MESSAGE])
    said = error.get("message") or error.get("msg") or error.get("detail") or error.get("error")
    text = _PARTICULAR.sub("#", (said if isinstance(said, str) else str(said))[:_MESSAGE])
    return origin_of(error), str(error.get("statusCode", error.get("status"))), _without(text, _made_for(error))


def first_causes(result: RunResult) -> Iterator[tuple[str, Failed | Skipped]]:
    """The keys of the resources that failed, each with its outcome.

    First come those with errors of their own, then the skipped ones, both in the order of the file.
    """
    bad: list[tuple[str, Outcome]] = [(key, result.outcomes[key]) for key in result.failed]
    yield from ((key, outcome) for key, outcome in bad if isinstance(outcome, Failed))
    yield from ((key, outcome) for key, outcome in bad if isinstance(outcome, Skipped))


def _made_for(error: JsonValue) -> list[str]:
    made_for = error.get("for") if isinstance(error, dict) else None
    return [str(value) for value in made_for.values() if value] if isinstance(made_for, dict) else []


def _without(sentence: str, names: list[str]) -> str:
    # As they are left once ids, numbers and quoted words are gone: part of an id may be the same as a name.
    for name in (_PARTICULAR.sub("#", each) for each in names):
        if len(name) > 2:
            sentence = sentence.replace(name, "#")
    return sentence


def _words(error: JsonValue) -> str | None:
    """What the provider answered, as it came but for values under secret-looking names."""
    raw = error.get("raw_response") if isinstance(error, dict) else None
    if raw in (None, "", {}, []):
        return None
    text = raw if isinstance(raw, str) else write_json(raw)
    return clean(" ".join(mask_pairs(text[:_WORDS]).split()), _WORDS)


def _origin(error: JsonValue) -> str:
    """``at GET /proxy/attachments for ticket t1, query {"limit": 5}``, as far as the entry tells."""
    if not isinstance(error, dict):
        return ""
    call, made_for = error.get("call"), error.get("for")
    parts = []
    if isinstance(call, dict):
        parts.append(f"at {call.get('method') or 'a call'} {call.get('path') or ''}".strip())
    if isinstance(made_for, dict) and made_for:
        parts.append("for " + listed([f"{name} {_short(value)}" for name, value in made_for.items()]))
    sent = (
        [f"{part} {_beginning(call[part])}" for part in ("query", "body") if call.get(part)]
        if isinstance(call, dict)
        else []
    )
    return ", ".join((clean(" ".join(parts), 400), *sent))


def _beginning(value: JsonValue) -> str:
    """What was sent, on one line, values under secret-looking names masked; of much only the first members.

    A value is shown whole or not at all: a part of a secret would not be known as one.
    """
    if isinstance(value, dict):
        members, around = [f"{write_json(key)}: {_whole(item)}" for key, item in value.items()], "{}"
    elif isinstance(value, list):
        members, around = [_whole(item) for item in value], "[]"
    else:
        members, around = [_whole(value)], ""
    shown = [member for member, end in zip(members, accumulate(map(len, members)), strict=True) if end <= _SENT]
    text = ", ".join([*shown, *(["…"] if len(shown) < len(members) else [])])
    return clean(mask_pairs(around[:1] + text + around[1:]), 2 * _SENT)


def _whole(value: JsonValue) -> str:
    text = write_json(value)
    return text if len(text) <= _SENT else "…"


def _short(value: JsonValue) -> str:
    return value if isinstance(value, str) else write_json(value)[:80]
