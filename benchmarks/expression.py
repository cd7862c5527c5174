"""Transforms over 100,000 records, against the JSONata engine alone on the same expressions.

Run it with ``python benchmarks/expression.py``. Both ways are timed in turn, five times, in seconds of the processor;
what is printed is the ratio of the best times: as Python values, and as JSON text.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from jlens import Expression as Bare

from batchctl.expression import compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS: Final = 100_000
ROUNDS: Final = 5
EXPRESSIONS: Final = {
    "map": "$map(resources.tickets, function($t){ {'id': $t.id, 'title': $t.title, 'total': $t.amount * 2, "
    "'by': $t.owner.name, 'status': $uppercase($t.status)} })",
    "path": "resources.tickets.{'id': id, 'title': title, 'owner': owner.name}",
    "text": "resources.tickets.{'id': id, 'label': title & ' (' & status & ')'}",
    "filter": "resources.tickets[amount > 1000]^(>amount)",
    "group": "resources.tickets{status: $sum(amount)}",
}


def records() -> list[dict[str, object]]:
    """Records such as a help desk has."""
    return [
        {
            "id": f"t-{number}",
            "title": f"Ticket {number}",
            "status": ("open", "closed", "pending")[number % 3],
            "amount": number * 1.5,
            "tags": ["a", "b"],
            "owner": {"id": number % 7, "name": f"Agent {number % 7}"},
            "created_at": "2024-01-01T00:00:00Z",
            "description": "Lorem ipsum dolor sit amet, consectetur",
            "closed_at": None,
            "priority": True,
        }
        for number in range(RECORDS)
    ]


def best(*ways: Callable[[], object]) -> list[float]:
    """The best time of each way in seconds, all of them run in turn."""
    times = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for place, way in enumerate(ways):
            start = time.process_time()
            way()
            times[place] = min(times[place], time.process_time() - start)
    return times


def report(kind: str, evaluate: str, given: object) -> None:
    """Print a line for each expression, evaluated over ``given`` by the method of that name."""
    for name, source in EXPRESSIONS.items():
        ours, bare = (getattr(compiled, evaluate) for compiled in (compile_expression(source), Bare(source)))
        time_of_ours, time_of_bare = best(partial(ours, given), partial(bare, given))
        print(f"{kind:7} {name:7} {time_of_ours / time_of_bare:5.2f} ({time_of_ours * 1000:4.0f} ms)")


def main() -> None:
    """Values first, then text: the records are gone by then, since memory that is held costs time."""
    data = {"args": {}, "resources": {"tickets": records()}}
    text = json.dumps(data)
    print(f"{RECORDS:,} records, {len(text) / 1e6:.0f} MB; the engine alone is 1.00")
    report("values", "evaluate", data)
    del data
    report("text", "evaluate_json", text)


if __name__ == "__main__":
    main()
