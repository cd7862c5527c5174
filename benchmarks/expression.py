"""Transforms over 100,000 records, beside the JSONata engine alone on the same expressions."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from jlens import Expression as Bare

from batchctl.expression import compile_expression
from benchmarks.frame import Aim, Row, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

RECORDS: Final = 100_000
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


@contextmanager
def opened(source: str, evaluate: str) -> Iterator[Contenders]:
    """Ours and the bare engine, over Python values or over JSON text."""
    data: object = {"args": {}, "resources": {"tickets": records()}}
    if evaluate == "evaluate_json":
        # The records are gone by then: memory that is held costs time.
        data = json.dumps(data)
    ours, bare = getattr(compile_expression(source), evaluate), getattr(Bare(source), evaluate)
    yield {
        "batchctl": lambda: in_process(partial(ours, data)),
        "engine alone": lambda: in_process(partial(bare, data)),
    }


ROWS = [
    Row(
        f"expression-{name}-{kind}",
        f"JSONata over {RECORDS:,} records as {kind}: {name}",
        partial(opened, source, evaluate),
        (Aim("cpu_s", "batchctl", "engine alone", at_most=1.1),),
    )
    for kind, evaluate in (("values", "evaluate"), ("text", "evaluate_json"))
    for name, source in EXPRESSIONS.items()
]
