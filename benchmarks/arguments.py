"""``--args-file`` of a million values, beside ``json.loads`` of the same bytes."""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from batchctl.definition.inputs import read_arguments
from benchmarks.frame import Aim, Growth, Row, in_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.frame import Contenders

VALUES = 1_000_000
SHAPES: dict[str, Callable[[int], object]] = {
    "numbers": lambda number: number,
    "texts": lambda number: f"user-{number:07d}",
    "decimals": lambda number: number / 8,
    "objects": lambda number: {"id": number},
}


@contextmanager
def opened(make: Callable[[int], object]) -> Iterator[Contenders]:
    """Ours and the standard library's reader over one list."""
    data = json.dumps({"ids": [make(number) for number in range(VALUES)]}).encode()
    yield {
        "read_arguments": lambda: _measured(lambda: read_arguments(data, "args.json")),
        "json.loads": lambda: _measured(lambda: json.loads(data)),
    }


@contextmanager
def opened_growth() -> Iterator[Contenders]:
    """By the number of values."""

    def contender(data: bytes) -> dict[str, float]:
        return _measured(lambda: read_arguments(data, "args.json"))

    texts = {size: json.dumps({"ids": list(range(size))}).encode() for size in (10_000, 100_000, VALUES)}
    yield {f"{size:,}": partial(contender, data) for size, data in texts.items()}


def _measured(work: Callable[[], object]) -> dict[str, float]:
    gc.collect()
    return in_process(work)


ROWS = [
    *(
        Row(
            f"args-file-{name}",
            f"--args-file of 1,000,000 {name}",
            partial(opened, make),
            (Aim("cpu_s", "read_arguments", "json.loads", at_most=1.5),),
        )
        for name, make in SHAPES.items()
    ),
    Row(
        "args-file-growth",
        "--args-file by values",
        opened_growth,
        (Growth("cpu_s", {"10,000": 10_000, "100,000": 100_000, "1,000,000": VALUES}),),
    ),
]
