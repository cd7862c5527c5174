"""Every kind of fault at every call, before and after it was done: nothing is lost, nothing is written twice.

The batch lists two pages of contacts and writes a note for each. One call is struck; then the run is resumed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import batchctl
from attacks.faulty_service import KINDS, Service
from batchctl.errors import ServiceError
from batchctl.store.runs import RunStore

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.api_settings import RunSettings
    from batchctl.engine.result import RunResult

BATCH = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {title: t}
resources:
  - {resource: crm/contacts, name: contacts, method: list}
  - resource: crm/notes
    name: notes
    method: create
    depends_on: contacts
    loop_on: resources.crm.contacts
    body: {of: "{{resources.crm.contacts.id}}", title: "{{args.title}}"}
"""
CALLS = 6
ROWS = [{"title": "a"}, {"title": "b"}]
# What the service answers well enough, in itself, to be taken for done: only it could know better.
PASS = {"200 without a body", "200 of another shape"}


def settings(service: Service, folder: Path) -> RunSettings:
    store = RunStore(folder / "state")
    return {"executor": "direct", "token": "t", "api_url": service.url, "retries": 0, "timeout_s": 1.0, "store": store,
            "environment": {"HOME": str(folder)}}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(BATCH)
    return path


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", KINDS)
def test_direct(file: Path, kind: str, after: bool) -> None:
    for number in range(CALLS):
        asyncio.run(struck(file, file.parent / str(number), (kind, number, after)))


async def struck(file: Path, folder: Path, fault: tuple[str, int, bool]) -> None:
    async with Service(fault).running() as service:
        chosen = settings(service, folder)
        try:
            first = await batchctl.arun(file, **chosen)
            failed = not first.ok
        except ServiceError:
            failed = True
        assert failed or fault[0] in PASS, fault
        # An empty page is counted as such; it may have been more, so that the resumed run asks again.
        if not failed and not first.outcomes["contacts"].work.empty:  # type: ignore[union-attr]  # it succeeded
            return
        again: RunSettings = {**chosen, "resume": "latest"}
        result = await batchctl.arun(file, **again)
        assert result.ok, (fault, result)
        if fault[0] not in PASS or not failed:
            assert_complete(result, service)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", KINDS)
def test_each(file: Path, kind: str, after: bool) -> None:
    for number in range(0, 2 * CALLS, 5):
        asyncio.run(struck_rows(file, file.parent / str(number), (kind, number, after)))


async def struck_rows(file: Path, folder: Path, fault: tuple[str, int, bool]) -> None:
    async with Service(fault).running() as service:
        chosen = settings(service, folder)
        first = await batchctl.arun_each(file, ROWS, **chosen)
        if all(end.ok for end in first.ends):
            assert fault[0] in PASS, fault
            return
        again: RunSettings = {**chosen, "resume": "latest"}
        result = await batchctl.arun_each(file, ROWS, **again)
        assert [end.ok for end in result.ends] == [True, True], (fault, result.ends)
        for end in result.ends:
            assert end.result is not None
            assert len(end.result.outcomes["contacts"].records) == 4  # type: ignore[union-attr]  # it succeeded
        assert len(service.notes) == 8 or fault[0] in PASS, fault


def assert_complete(result: RunResult, service: Service) -> None:
    records = result.outcomes["contacts"].records  # type: ignore[union-attr]  # it succeeded
    assert [record["id"] for record in records] == ["1", "2", "3", "4"]  # type: ignore[index,call-overload]  # objects
    assert sorted(str(note["of"]) for note in service.notes.values()) == ["1", "2", "3", "4"]
