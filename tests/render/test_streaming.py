"""Writers hold a record at a time, however many there are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import pytest

from batchctl.cli.output_options import Output
from batchctl.engine.result import RunResult, Succeeded
from batchctl.redaction import Redactor
from batchctl.render.result.formats import FORMATS, RECORD_FORMATS, Shape

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

COUNT, SIZE = 1500, 2000


class Spilled(Collection["JsonValue"]):
    """Records that are made when they are read, as those that lie on disk."""

    def __len__(self) -> int:
        return COUNT

    def __iter__(self) -> Iterator[JsonValue]:
        for number in range(COUNT):
            yield {"id": number, "text": "x" * SIZE, "at": {"line": number}}

    def __contains__(self, record: object) -> bool:
        raise NotImplementedError


@pytest.mark.parametrize("output", [Output.JSON, Output.NDJSON, Output.YAML, Output.CSV])
def test_memory_stays_flat(output: Output) -> None:
    result = RunResult({"a": Succeeded(records=Spilled())}, 1.0)
    shape = Shape(Redactor().text, columns=200)
    next(FORMATS[output](result, shape))  # imports are no part of it
    tracemalloc.start()
    try:
        written = sum(len(piece) for piece in FORMATS[output](result, shape))
        written += sum(len(piece) for piece in RECORD_FORMATS[output](Spilled(), shape))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < COUNT * SIZE / 10
    assert written > 2 * COUNT * SIZE
