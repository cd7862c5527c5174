"""Stands in for truto-python-sdk 0.1.6 where that is not installed: of its interface, what a batch needs."""

import asyncio
import json
from typing import Any
from urllib.request import Request, urlopen


class BatchRequest:
    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url
        self._headers = headers

    async def create(self, batch_request_data: dict[str, Any]) -> Any:
        data = json.dumps(batch_request_data).encode()
        request = Request(f"{self._url}/batch-request?", data, self._headers, method="POST")
        return await asyncio.to_thread(self._send, request)

    def _send(self, request: Request) -> Any:
        with urlopen(request) as response:
            return json.load(response)


class TrutoApi:
    def __init__(self, token: str, base_url: str = "https://api.truto.one") -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.batch_requests = BatchRequest(base_url, headers)
