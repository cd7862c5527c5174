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
    """The answers to requests with an ``Idempotency-Key`` that are stored in a state file.

    Names (from ``name_of``) are stored as digests, since the client's token is a part of them. The first change that a
    request makes is committed together with its name, so that a process that is killed before it answers leaves a name
    without an answer: the request may be half done, and must not be repeated. The methods raise ``FixtureError``.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> Iterator[tuple[str, bytes, Answer]]:
        """Each name with the SHA-256 of the request's body and the answer, oldest first.

        Where there is a name without an answer, it is an answer 409 that says so.
        """
        for name, content, status, headers, body in self._state.answers():
            if status is None:
                yield name, content, error_answer(409, _BEGUN)
            else:
                media_type, kept = json.loads(headers)
                yield name, content, Answer(status, body, kept, media_type)

    def begin(self, name: str, content: bytes) -> None:
        """Store ``name`` together with the next change that the current request makes.

        ``content`` is the SHA-256 of the request's body.
        """
        self._state.claim(name, content)

    def keep(self, name: str, content: bytes, answer: Answer) -> None:
        """Store an answer, before it is sent. Raises ``FixtureError`` where it can't be written.

        ``name`` is from ``name_of``, ``content`` the SHA-256 of the request's body.
        """
        headers = json.dumps([answer.media_type, dict(answer.headers)])
        self._state.put_answer(name, content, (answer.status, headers, answer.body))

    def forget(self, name: str) -> None:
        """Delete ``name`` and its answer, if there is one. Raises ``FixtureError`` where that can't be written."""
        self._state.drop_answer(name)


_BEGUN = (
    "a write with this Idempotency-Key was in progress when the server stopped: look what it did, then use a new key"
)


def name_of(*parts: str) -> str:
    """One name for a request, made of ``parts``: the client's token, the request, its idempotency key; a hex digest."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
