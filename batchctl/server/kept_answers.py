"""``serve --state FILE``: answers to an ``Idempotency-Key`` that outlive the process, beside the changes they made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from batchctl.server.answer import Answer, error_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.backends.fixture_state import State


class KeptAnswers:
    """The answers in a state file, by idempotency key.

    Names are stored as digests, since the client's token is a part of them. The first change that a request makes is
    committed together with its name, so that a process that is killed before it answers leaves a name without an
    answer: the request may be half done, and must not be repeated.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> Iterator[tuple[str, bytes, Answer]]:
        """Each name with the digest of the body and the answer, oldest first; a 409 where there is no answer."""
        for name, content, status, headers, body in self._state.answers():
            if status is None:
                yield name, content, error_answer(409, _BEGUN)
            else:
                media_type, kept = json.loads(headers)
                yield name, content, Answer(status, body, kept, media_type)

    def begin(self, name: str, content: bytes) -> None:
        """Store the name with the next change that the current request makes.

        ``content`` is the digest of the request's body.
        """
        self._state.claim(name, content)

    def keep(self, name: str, content: bytes, answer: Answer) -> None:
        """Store an answer, before it is sent. Raises ``FixtureError`` where it can't be written.

        ``name`` is from ``name_of``, ``content`` the digest of the request's body.
        """
        headers = json.dumps([answer.media_type, dict(answer.headers)])
        self._state.put_answer(name, content, (answer.status, headers, answer.body))

    def forget(self, name: str) -> None:
        """Delete an answer, or a name without one. Raises ``FixtureError``."""
        self._state.drop_answer(name)


_BEGUN = (
    "a write with this Idempotency-Key was in progress when the server stopped: look what it did, then use a new key"
)


def name_of(*parts: str) -> str:
    """A digest of all parts, as one name: of the client, the request and the idempotency key."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
