"""Jobs of the structures that are in use, with content of their own: judged, rehearsed, run, held to the reference."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from reference import MAX_DEPTH, Service
from sync_reference import SyncReference
from test_against_reference import JitteryBackend
from test_sync_against_reference import Kept, in_order

from batchctl.diagnostics import Severity
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.backends.samples import FixtureSamples, SampleBackend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.rehearsal import rehearse
from batchctl.preparation import Prepared, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.engine.backends.base import Backend

FOLDER = Path(__file__).parents[1] / "golden" / "sync_jobs"
FIXTURES = FOLDER / "fixtures"
JOBS = sorted(FOLDER.glob("*.sync.yaml"))
EACH_JOB = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name.removesuffix(".sync.yaml"))


class Downloads(Service):
    """Answers the method ``download`` from its file, too; ``wrapped`` as the API wraps it."""

    wrapped = False

    def answer(self, resource: str, method: str, record_id: str | None, query: dict[str, Any]) -> tuple[int, Any]:
        if method == "download":
            found = json.loads((FIXTURES / "unified" / resource / "download.json").read_text("utf-8"))
            return 200, {"result": found} if self.wrapped else found
        return super().answer(resource, method, record_id, query)


def prepared(job: Path) -> Prepared:
    return prepare(job.read_bytes(), file=job.name, environment={}, jobs=True)


def account() -> dict[str, Any]:
    facts = FixtureFolder(FIXTURES).account(None)
    assert facts is not None
    return {**facts.context, "tenant_id": facts.tenant_id}


def service(*, wrapped: bool = False) -> Service:
    tables = {}
    for api in ("unified", "proxy"):
        for file in (FIXTURES / api).rglob("*.json"):
            if file.stem != "download":
                name = file.relative_to(FIXTURES / api).with_suffix("").as_posix()
                tables[name] = json.loads(file.read_text("utf-8"))
    made = Downloads(tables)
    made.wrapped = wrapped
    return made


def run(job: Path, backend: Backend, concurrency: int) -> Kept:
    kept = Kept({})
    options = RunOptions(concurrency=concurrency, max_depth=MAX_DEPTH, account=account())
    result = asyncio.run(execute(prepared(job).require_plan(), backend, options=options, outlets=kept))
    assert result.ok, result.body()["errors"]
    return kept


def test_there_are_nine() -> None:
    assert len(JOBS) == 9


@EACH_JOB
def test_only_the_account_can_tell_whether_it_has_the_names(job: Path) -> None:
    """Nothing is wrong; that a name may be no key of the account's context is all that there is to say."""
    found = prepared(job).diagnostics
    assert {each.rule for each in found} <= {"unknown-root"}
    assert all(each.severity is Severity.WARNING for each in found)


@EACH_JOB
def test_what_it_delivers(job: Path, golden: Callable[[Path, str], None]) -> None:
    kept = run(job, FixtureBackend(FIXTURES), 1)
    delivered = [{"to": node, "records": records, "config": config} for node, records, config in kept.delivered]
    assert delivered
    golden(job.with_name(job.name.replace(".sync.yaml", ".delivered.json")), json.dumps(delivered, indent=1) + "\n")


@EACH_JOB
def test_a_rehearsal_shows_what_it_will_deliver(job: Path) -> None:
    plan = prepared(job).require_plan()
    rehearsal = asyncio.run(rehearse(plan, SampleBackend([FixtureSamples(FIXTURES)]), account()))
    payloads = [resource.payloads for resource in rehearsal.preview.resources if resource.payloads is not None]
    expected = json.loads(job.with_name(job.name.replace(".sync.yaml", ".delivered.json")).read_text("utf-8"))
    shown = [each.config for found in payloads for each in found.first]
    if not any(found.more for found in payloads):
        assert shown == [each["config"] for each in expected]


@EACH_JOB
def test_the_reference_delivers_the_same(job: Path) -> None:
    data: Any = prepared(job).loaded.data
    reference = SyncReference(data, service(), account())
    assert reference.run()["errors"] == {}
    for concurrency, seed in ((1, 0), (3, 4), (10, 7)):
        backend = JitteryBackend(service(wrapped=True), seed)
        kept = run(job, backend, concurrency)
        assert in_order(kept.delivered) == in_order(reference.delivered)
        assert sorted(backend.calls) == sorted(reference.calls)
