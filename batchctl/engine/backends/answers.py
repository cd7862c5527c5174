"""A backend for tests: answers calls from what it is given, and remembers them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from batchctl.definition.usable import usable_records
from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixture_records import MemoryRecords
from batchctl.engine.backends.fixture_store import Table
from batchctl.engine.backends.fixtures import standard_answer
from batchctl.errors import UsageError
from batchctl.truto.calls import STANDARD_METHODS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call

    Answer: TypeAlias = "Callable[[Call], Reply | Awaitable[Reply]]"


class Answers:
    """Answers the calls of a run without network and files; ``calls`` are those that it got, in order.

    ``given`` maps resources (``crm/contacts`` of the Unified API, ``block-children`` of the Proxy API) to their
    records, which are filtered, found, created, changed and deleted as fixtures are; or to a ``Reply`` that every
    call on that resource gets; or it is a function from a call to a ``Reply``, which may be asynchronous. What is not
    given is answered with 404. Raises ``UsageError`` for what is neither.

    >>> import asyncio
    >>> from batchctl.truto.calls import Call
    >>> backend = Answers({"crm/contacts": [{"id": "1"}], "crm/notes": Reply(403, {"message": "no scope"})})
    >>> asyncio.run(backend.send(Call("crm/contacts", "get", "1"))).body
    {'id': '1'}
    >>> asyncio.run(backend.send(Call("crm/notes", "list"))).status
    403
    """

    def __init__(self, given: Mapping[str, Sequence[JsonValue] | Reply] | Answer) -> None:
        if not callable(given) and not isinstance(given, Mapping):
            raise UsageError(f"Answers takes a dict or a function, not the type {type(given).__name__}")
        self.calls: list[Call] = []
        self._answer = given if callable(given) else None
        self._given = {} if callable(given) else {name: _made(name, value) for name, value in given.items()}

    async def send(self, call: Call) -> Reply:
        """The answer that was given for the call's resource; a ``Reply`` with status 404 where none was given.

        Raises ``UsageError`` where the function that was given returns something else.
        """
        self.calls.append(call)
        if self._answer is not None:
            found = self._answer(call)
            reply = await found if inspect.isawaitable(found) else found
            if not isinstance(reply, Reply):
                raise UsageError(
                    f"the function of Answers returned no Reply for {call.path}, but {type(reply).__name__}"
                )
            return reply
        known = self._given.get(call.resource)
        if isinstance(known, Table):
            if call.method not in STANDARD_METHODS:
                return Reply(404, {"message": f"give a Reply for the method {call.method}"})
            return standard_answer(known, call)
        return known or Reply(404, {"message": f"nothing is given for {call.resource}"})

    async def aclose(self) -> None:
        """Does nothing: there is nothing to close."""


def _made(resource: str, value: Sequence[JsonValue] | Reply) -> Table | Reply:
    if isinstance(value, Reply):
        return value
    records = usable_records(value, f"the records of {resource}")
    return Table(resource, MemoryRecords(records))
