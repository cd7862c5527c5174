"""Asks an application without a network, one request at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from batchctl.server.app import App


class Client:
    """Sends requests to ``http://localhost`` with the headers given."""

    def __init__(self, app: App, **headers: str) -> None:
        self._app = app
        self._headers = headers

    def __call__(self, method: str, path: str, **rest: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                headers = {**self._headers, **rest.pop("headers", {})}
                return await client.request(method, path, headers=headers, **rest)

        return asyncio.run(ask())

    def json(self, method: str, path: str, **rest: Any) -> Any:
        """The JSON of an answer that must be a success."""
        response = self(method, path, **rest)
        assert response.is_success, response.text
        return response.json()
