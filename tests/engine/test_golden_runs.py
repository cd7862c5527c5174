"""Whole runs, one folder each: ``batch.yaml``, ``fixtures/``, the answer and the calls, in the order they were sent."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.preparation import prepare
from batchctl.truto.calls import Call
from batchctl.truto.query_string import query_string

CASES = sorted((Path(__file__).parents[1] / "golden" / "runs").iterdir())


class Logged:
    """Fixtures, and a line per call."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[str] = []
        self._backend = FixtureBackend(folder)

    async def send(self, call: Call) -> Reply:
        query = query_string(call.query)
        body = "" if call.body is None else f" {json.dumps(call.body)}"
        self.lines.append(f"{call.node}: {call.http_method} {call.path}{'?' * bool(query)}{query}{body}")
        return await self._backend.send(call)

    async def aclose(self) -> None:
        """Nothing to close."""


def answer_and_calls(case: Path, options: RunOptions) -> tuple[str, list[str]]:
    plan = prepare((case / "batch.yaml").read_bytes(), file=f"{case.name}/batch.yaml").require_plan()
    backend = Logged(case / "fixtures")
    result = asyncio.run(execute(plan, backend, options=options))
    return json.dumps(result.body(), indent=2) + "\n", backend.lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_gives_what_stands_in_its_folder(case: Path, golden: Callable[[Path, str], None]) -> None:
    answer, calls = answer_and_calls(case, RunOptions(concurrency=1))
    golden(case / "answer.json", answer)
    golden(case / "calls.txt", "".join(f"{line}\n" for line in calls))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_neither_concurrency_nor_spilling_changes_it(case: Path) -> None:
    answer, calls = answer_and_calls(case, RunOptions(concurrency=10, keep_records=1))
    assert answer == (case / "answer.json").read_text("utf-8")
    assert sorted(calls) == sorted((case / "calls.txt").read_text("utf-8").splitlines())
