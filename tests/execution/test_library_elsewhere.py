"""Results and errors of the library in other threads and processes, and backends that cancel their own work."""

from __future__ import annotations

import asyncio
import copy
import pickle
import pydoc
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import batchctl
from batchctl import Reply, RunOptions, UsageError, errors
from batchctl.errors import BatchctlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batchctl import Call
    from batchctl.json_types import JsonValue

FILE = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {resource: crm/contacts, method: list}
"""
NOTES = """
  - resource: crm/notes
    method: list
    depends_on: [crm/contacts]
    query: {contact: "{{resources.crm.contacts.id}}"}
"""
SECRETIVE = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {api_key: sk-live-1234567890}
resources:
  - {resource: crm/contacts, method: list, query: {api_key: "{{args.api_key}}", tag: "${SECRET_TAG}"}}
"""
RECORDS: list[JsonValue] = [{"id": str(number)} for number in range(300)]
ROWS = [{"account": "11111111-1111-4111-8111-111111111111"}, {"account": "22222222-2222-4222-8222-222222222222"}]
COPIES: list[Callable[[object], object]] = [lambda each: pickle.loads(pickle.dumps(each)), copy.copy, copy.deepcopy]


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(FILE, "utf-8")
    return path


def answers() -> batchctl.Answers:
    return batchctl.Answers({"crm/contacts": RECORDS})


@pytest.mark.parametrize("keep", [10_000, 7], ids=["in-memory", "on-disk"])
@pytest.mark.parametrize("copied", COPIES, ids=["pickle", "copy", "deepcopy"])
def test_a_result_is_copied_with_all_its_records(
    definition: Path, keep: int, copied: Callable[[object], object]
) -> None:
    result = batchctl.run(definition, backend=answers(), options=RunOptions(keep_records=keep))
    other = copied(result)
    assert isinstance(other, batchctl.RunResult)
    assert other.body() == result.body() == {"result": {"crm/contacts": RECORDS}, "errors": {}}
    assert other.outcomes["crm/contacts"].count == 300  # type: ignore[union-attr]  # it succeeded


def test_the_ends_of_rows_are_pickled(definition: Path) -> None:
    done = batchctl.run_each(definition, ROWS, backend=answers(), options=RunOptions(keep_records=7))
    ends = pickle.loads(pickle.dumps(list(done.ends)))
    assert [(end.number, end.state, end.records) for end in ends] == [(1, "succeeded", 300), (2, "succeeded", 300)]


def test_a_result_on_disk_is_read_by_many_threads(definition: Path) -> None:
    result = batchctl.run(definition, backend=answers(), options=RunOptions(keep_records=7))
    records = result.outcomes["crm/contacts"].records  # type: ignore[union-attr]  # it succeeded
    interval = sys.getswitchinterval()
    # Threads that take turns all the time, so that they meet where the last records go to disk.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as threads:
            read = list(threads.map(lambda _number: list(records), range(64)))
    finally:
        sys.setswitchinterval(interval)
    assert all(each == RECORDS for each in read)


def raised() -> list[BatchctlError]:
    """An error of every class, with all that it can have."""
    found = [
        errors.Refused("no", status=403, request_id="r-1"),
        errors.CallRefused(404, {"message": "no"}, "fixtures"),
        errors.NotSent("its id is empty"),
        errors.Unanswered("no", sent=False),
        errors.BadAnswer("no", salvaged={"result": {}}),
        errors.TemplateError("no", offset=3),
        errors.ExpressionError("no", code="S0201", position=4),
        errors.DefinitionError("no", diagnostics=batchctl.prepare("resources: 5").diagnostics),
    ]
    others = [kind("no") for kind in subclasses(BatchctlError) if kind not in {type(each) for each in found}]
    return [*found, *others]


def subclasses(kind: type[BatchctlError]) -> list[type[BatchctlError]]:
    public = [kind] if kind.__module__ == errors.__name__ else []
    return [*public, *(below for child in kind.__subclasses__() for below in subclasses(child))]


@pytest.mark.parametrize("error", raised(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("copied", COPIES, ids=["pickle", "copy", "deepcopy"])
def test_an_error_is_copied_with_all_that_it_says(
    error: BatchctlError, copied: Callable[[BatchctlError], BatchctlError]
) -> None:
    error.hint = "do this"
    other = copied(error)
    assert type(other) is type(error)
    assert (str(other), other.args, vars(other)) == (str(error), error.args, vars(error))


class Cancelling:
    """Its answer comes from a task that somebody else has cancelled."""

    async def send(self, call: Call) -> Reply:
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        await task
        return Reply(200, call.body)

    async def aclose(self) -> None:
        pass


def test_a_backend_that_cancels_its_own_work_does_not_keep_the_run_waiting(definition: Path) -> None:
    result = batchctl.run(definition, backend=Cancelling())
    outcome = result.outcomes["crm/contacts"]
    assert isinstance(outcome, batchctl.Failed)
    assert "the backend Cancelling cancelled its own work" in str(outcome.errors)


def test_samples_from_an_iterator_are_there_for_every_row(definition: Path) -> None:
    definition.write_text(FILE + NOTES, "utf-8")
    samples = {"crm/contacts": (record for record in RECORDS[:3])}
    previews = [each.preview.totals().known for each in batchctl.dry_run_each(definition, ROWS, samples=samples)]
    assert previews == [4, 4]


def test_samples_of_no_request_are_refused(definition: Path) -> None:
    with pytest.raises(UsageError, match='no request reads "crm/contact"') as caught:
        batchctl.dry_run(definition, samples={"crm/contact": []})
    assert caught.value.hint == 'did you mean "crm/contacts"?'


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concurrency", 0),
        ("concurrency", True),
        ("max_depth", "5"),
        ("max_pages", 0),
        ("keep_records", -1),
        ("fail_fast", "yes"),
        ("explain", 1),
        ("allow_unresolved", None),
    ],
)
def test_options_that_can_not_be_used(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=f"{name} must be "):
        RunOptions(**{name: value})  # type: ignore[arg-type]  # that is what is tested


def test_rows_are_previewed_inside_an_event_loop(definition: Path) -> None:
    async def previewed() -> list[int]:
        previews = batchctl.adry_run_each(definition, ROWS, samples={"crm/contacts": iter(RECORDS)})
        return [each.preview.totals().known async for each in previews]

    assert asyncio.run(previewed()) == [1, 1]


def test_help_shows_what_the_package_is_for() -> None:
    """Of an unused name it can't say anything: the signature of a struct is not to be had (``help`` would fail)."""
    page = pydoc.plain(pydoc.render_doc(batchctl))
    assert all(f"``{name}``" in page for name in ("load", "validate", "dry_run", "run", "run_each", "run_sync"))
    assert "Run the file ``path``" in pydoc.plain(pydoc.render_doc(batchctl.run))


def test_the_repr_of_what_holds_secrets_masks_them(tmp_path: Path) -> None:
    """Logs, notebooks and tracebacks show it."""
    path = tmp_path / "a.yaml"
    path.write_text(SECRETIVE, "utf-8")
    environment = {"SECRET_TAG": "hunter2-hunter2"}
    row = {"api_key": "sk-live-1234567890"}
    backend = answers()
    options = RunOptions(account={"password": "hunter2-hunter2"})
    shown = [
        batchctl.load(path, environment=environment),
        batchctl.dry_run(path, environment=environment),
        batchctl.prepare(path.read_text("utf-8"), environment=environment),
        batchctl.run(path, environment=environment, backend=backend, options=options),
        list(batchctl.run_each(path, [row], environment=environment, backend=backend).ends),
        list(batchctl.dry_run_each(path, [row], environment=environment)),
        options,
    ]
    texts = [repr(each) for each in shown]
    assert all("sk-live-1234567890" not in text and "hunter2-hunter2" not in text for text in texts)
    assert [text.startswith(type(each).__name__) for text, each in zip(texts, shown, strict=True)].count(False) == 2
    # A call knows only the names of what it sends.
    assert "'api_key': '***'" in repr(backend.calls[0])
