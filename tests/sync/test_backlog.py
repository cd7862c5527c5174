"""A destination that is slower than its source makes the source wait: what waits in memory is bounded."""

import asyncio
from collections.abc import Sequence

from batchctl.engine.backends.base import Reply
from batchctl.engine.executor import execute
from batchctl.engine.nodes.destination import MAX_BACKLOG
from batchctl.engine.outlets import Delivery, Settled
from batchctl.json_types import JsonValue
from batchctl.preparation import prepare
from batchctl.truto.calls import Call

JOB = """
default_runtime_version: 4
resources:
  - {name: rows, type: request, resource: crm/contacts, method: list, integrated_account_id: a}
  - {name: out, type: destination, destination_type: webhook, resources_to_persist: [rows], config: {id: x}}
"""
PAGES = 300


class Counting:
    """Answers page by page, and takes a page for each third turn of the loop."""

    def __init__(self) -> None:
        self.sent = 0
        self.delivered = 0
        self.most = 0

    async def send(self, call: Call) -> Reply:  # noqa: ARG002 - it knows no other
        self.sent += 1
        self.most = max(self.most, self.sent - self.delivered)
        await asyncio.sleep(0)
        return Reply(200, {"result": [{"id": self.sent}], "next_cursor": str(self.sent) if self.sent < PAGES else None})

    async def aclose(self) -> None:
        pass

    def get_state(self, key: str) -> JsonValue:  # noqa: ARG002 - it knows no other
        return None

    def set_state(self, key: str, value: JsonValue) -> None:
        pass

    def delete_state(self, key: str) -> None:
        pass

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        for _ in range(10):
            await asyncio.sleep(0)
        self.delivered += 1
        return [Settled(delivery)]

    def lose(self, node: str) -> None:
        """Nothing is counted."""

    async def flush(self, node: str) -> Sequence[Settled]:  # noqa: ARG002 - it knows no other
        return ()


def test_the_source_waits_for_a_slow_destination() -> None:
    prepared = prepare(JOB, jobs=True)
    both = Counting()
    result = asyncio.run(execute(prepared.require_plan(), both, outlets=both))
    assert result.ok
    assert both.delivered == PAGES
    assert both.most <= MAX_BACKLOG + 3
