"""Calls of one job to several accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.truto.calls import Call


class AccountsBackend:
    """Answers each call with the backend of the integrated account that the call names.

    ``backend_for`` makes the backend of an account (its id) when it is first needed. Calls that name none are for the
    account ``own``.
    """

    def __init__(self, own: str, backend_for: Callable[[str], Backend]) -> None:
        self._own = own
        self._backend_for = backend_for
        self._backends: dict[str, Backend] = {}

    async def send(self, call: Call) -> Reply:
        """The answer of the account's backend, which raises ``ServiceError`` where no usable answer comes.

        A backend over fixtures raises ``FixtureError``, too, for a file that can't be read.
        """
        account = call.account or self._own
        if account not in self._backends:
            self._backends[account] = self._backend_for(account)
        return await self._backends[account].send(call)

    async def aclose(self) -> None:
        """Close the backends of all accounts."""
        for backend in self._backends.values():
            await backend.aclose()
