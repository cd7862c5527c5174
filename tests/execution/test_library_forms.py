"""Values of another type, keywords of another function: each is one sentence, before anything is read or sent."""

from __future__ import annotations

import asyncio
import warnings
from typing import TYPE_CHECKING, Any

import pytest

import batchctl
from batchctl import Answers, RowsSettings, RunOptions, RunSettings, RunStore, SyncSettings, UsageError
from batchctl.api_forms import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What no setting takes.
NOTHING = object()
ROWS = [{"account": "11111111-1111-4111-8111-111111111111"}]
WRONG: list[tuple[str, Any, str]] = [
    ("account", 5, "account must be a text, not of the type int"),
    ("environment", 5, "environment must be a mapping of names to texts"),
    ("environment", {"A": 1}, "environment must be a mapping of names to texts"),
    ("only", b"x", "only must be a list"),
    ("accept", [404], "accept must be a dict"),
    ("accept", {"contacts": ["404"]}, "statuses must be a list"),
    ("accept", {"contacts": iter([404])}, "statuses must be a list"),
    ("args", [], "args must be a dict"),
    # Anything but False is true in Python, and would send what is to be held back.
    ("allow_unresolved", "false", "allow_unresolved must be True or False, not text"),
    ("allow_unused", 1, "allow_unused must be True or False"),
    ("fixtures", 5, "fixtures must be a path, not of the type int"),
    ("idempotency_key", "", "idempotency_key must be a text, not an empty text"),
    ("account", " ", "account must be a text, not an empty text"),
    ("token", "", "token must be a text, not an empty text"),
    ("fixtures", "", "fixtures must be a path, not an empty text"),
    ("record", b"x", "record must be a path"),
    ("record", "a\0b", "record must be a path, not a text with a character that no path can have"),
    ("trace", "a\ud800b", "trace must be a path, not a text with a character that no path can have"),
    ("reports", {"json": "a\0b"}, "reports must be a dict of formats to paths"),
    ("to", "dir:a\0b", "--to: dir: is followed by a character that no path can have"),
    ("backend", 5, "backend must be an object with send and aclose"),
    ("store", "folder", "store must be a RunStore"),
    ("store", RunStore("folder"), "store must be a RunStore"),  # type: ignore[arg-type]  # what is refused
    ("options", {"concurrency": 2}, "options must be RunOptions"),
    ("options", RunOptions(account=5), "options must be RunOptions"),  # type: ignore[arg-type]  # what is refused
    ("retries", -1, "retries must be a whole number, 0 or more, not -1"),
    ("retries", True, "retries must be a whole number"),
    ("timeout_s", 0, "timeout_s must be a number of seconds above 0, not 0"),
    ("timeout_s", float("nan"), "timeout_s must be a number of seconds above 0, not nan"),
    ("run_timeout_s", "5", "run_timeout_s must be a number of seconds above 0, not text"),
    ("reports", {"json": 5}, "reports must be a dict of formats to paths"),
    ("to", 5, "to must be a text or a list of texts"),
    ("notify", "print", "notify must be a function, not text"),
]


@pytest.mark.parametrize(("name", "value", "message"), WRONG, ids=[f"{i}-{case[0]}" for i, case in enumerate(WRONG)])
def test_a_setting_of_another_type(file: Path, name: str, value: Any, message: str) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(UsageError, match=message):
        batchctl.run(file, **settings)
    with pytest.raises(UsageError, match=message):
        batchctl.run_each(file, ROWS, **settings)


@pytest.mark.parametrize("name", sorted({*RowsSettings.__annotations__, *SyncSettings.__annotations__}))
def test_every_setting_has_a_form_that_refuses(name: str) -> None:
    assert not SETTINGS[name].fits(NOTHING)


def test_none_counts_as_absent(file: Path) -> None:
    nothing: dict[str, Any] = dict.fromkeys(RunSettings.__annotations__)
    assert batchctl.run(file, **{**nothing, "backend": Answers({"crm/contacts": []})}).status == "succeeded"


def test_a_setting_of_another_function_is_refused(file: Path) -> None:
    calls: dict[str, Callable[[Any], object]] = {
        "executor": lambda settings: batchctl.validate(file, **settings),
        "to": lambda settings: batchctl.dry_run(file, **settings),
        "on": lambda settings: batchctl.run(file, **settings),
        "state": lambda settings: batchctl.run_each(file, ROWS, **settings),
        "record": lambda settings: batchctl.run_sync(file, to="dir:out", **settings),
        "trace": lambda settings: batchctl.run_sync_each(file, ROWS, to="dir:out", **settings),
        "retries": lambda settings: list(batchctl.dry_run_each(file, ROWS, **settings)),
    }
    for name, call in calls.items():
        with pytest.raises(UsageError, match=f'there is no setting "{name}" here'):
            call({name: "x"})


@pytest.mark.parametrize("name", ["backend", "fixtures"])
@pytest.mark.parametrize("executor", ["direct", "truto"])
def test_what_answers_a_local_run_is_refused_where_truto_would_be_called(file: Path, name: str, executor: Any) -> None:
    answers: dict[str, Any] = {"backend": Answers({}), "fixtures": file.parent}
    settings: dict[str, Any] = {name: answers[name], "token": "made-up", "environment": {}}
    with pytest.raises(UsageError, match=f"{name}= is for local runs, and the executor is {executor}"):
        batchctl.run(file, executor=executor, **settings)


def test_fixtures_are_refused_where_a_sync_job_calls_truto(tmp_path: Path) -> None:
    job = tmp_path / "job.yaml"
    job.write_text("""
        label: Contacts
        integrated_account_id: 11111111-1111-4111-8111-111111111111
        default_runtime_version: 4
        resources:
          - {name: contacts, type: request, resource: crm/contacts, method: list}
          - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
    """)
    with pytest.raises(UsageError, match="fixtures= is for local runs, and the executor is direct"):
        batchctl.run_sync(job, to=f"dir:{tmp_path}/out", executor="direct", fixtures=tmp_path, token="made-up")


@pytest.mark.parametrize("path", [5, b"x", ["x"], "", "a\0b"], ids=repr)
def test_a_path_of_another_type(path: Any) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: batchctl.load(path),
        lambda: batchctl.validate(path),
        lambda: batchctl.dry_run(path),
        lambda: batchctl.run(path),
        lambda: list(batchctl.dry_run_each(path, ROWS)),
        lambda: batchctl.run_each(path, ROWS),
        lambda: batchctl.run_sync(path, to="dir:out"),
        lambda: batchctl.run_sync_each(path, ROWS, to="dir:out"),
    )
    for call in calls:
        with pytest.raises(UsageError, match="path must be a path"):
            call()


def test_other_parameters_of_another_type(file: Path, tmp_path: Path) -> None:
    wrong: Any = 5
    result = batchctl.run(file, backend=Answers({"crm/contacts": []}))
    calls: dict[str, Callable[[], object]] = {
        "parallel must be a whole number, 1 or more, not -1": lambda: batchctl.run_each(file, ROWS, parallel=-1),
        "to must be a text or a list of texts": lambda: batchctl.run_sync(file, to=wrong),
        "samples must be a dict": lambda: batchctl.dry_run(file, samples=wrong),
        "fixtures must be a path": lambda: batchctl.dry_run(file, fixtures=wrong),
        "before must be a Preview": lambda: batchctl.compare(wrong, wrong),
        "result must be a RunResult": lambda: batchctl.write_result(wrong, tmp_path / "out.json"),
        "path must be a path": lambda: batchctl.write_result(result, wrong),
        "format must be one of json": lambda: batchctl.write_result(result, tmp_path / "out", format=wrong),
        "fields must be a list of texts": lambda: batchctl.write_result(result, tmp_path / "out.csv", fields="id"),
        "mask_data must be True or False": lambda: batchctl.write_result(result, tmp_path / "out", mask_data=wrong),
        "text must be str or bytes": lambda: batchctl.prepare(wrong),
        "Answers takes a dict or a function": lambda: Answers(wrong),
        "concurrency must be a whole number, 1 or more": lambda: RunOptions(concurrency=0),
        "max_pages must be a whole number, 1 or more": lambda: RunOptions(max_pages="2"),  # type: ignore[arg-type]  # what is refused
    }
    for message, call in calls.items():
        with pytest.raises(UsageError, match=message):
            call()
    assert not list(tmp_path.glob("out*"))


def test_what_can_not_be_written_is_found_before_anything_is_sent(file: Path, tmp_path: Path) -> None:
    backend, wrong = Answers({"crm/contacts": []}), tmp_path / "missing" / "report"
    for reports in ({"json": wrong}, {"html": tmp_path}, {"json": tmp_path / "same", "junit": tmp_path / "same"}):
        settings: RunSettings = {"backend": backend, "reports": reports}  # type: ignore[typeddict-item]  # names vary
        for call in (lambda s=settings: batchctl.run(file, **s), lambda s=settings: batchctl.run_each(file, ROWS, **s)):
            with pytest.raises(UsageError, match=r"reports, \w+: "):
                call()
    with pytest.raises(UsageError, match="trace: there is no folder"):
        batchctl.run(file, executor="truto", token="made-up", api_url="http://127.0.0.1:1", trace=wrong)
    assert not backend.calls


@pytest.mark.parametrize("run", ["run", "run_each", "run_sync", "run_sync_each"])
def test_a_report_does_not_replace_the_definition(run: str, tmp_path: Path) -> None:
    definition, part, fixtures = tmp_path / "a.yaml", tmp_path / "b.part.yaml", tmp_path / "fixtures"
    fixtures.mkdir()
    head = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
    nodes = "resources:\n  - {name: contacts, resource: crm/contacts, method: list}\n"
    if "sync" in run:
        head = "label: a\ndefault_runtime_version: 4\n"
        nodes += "  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}\n"
    definition.write_text(f"{head}include: b.part.yaml\nresources: []\n", "utf-8")
    part.write_text(nodes, "utf-8")
    before = definition.read_text("utf-8"), part.read_text("utf-8")
    arguments: dict[str, Any] = {"to": f"dir:{tmp_path}/out"} if "sync" in run else {}
    if run.endswith("each"):
        arguments["rows"] = [{"account": "11111111-1111-4111-8111-111111111111"}]
    for written in (definition, part, tmp_path / "." / "a.yaml"):
        with pytest.raises(UsageError, match="is the definition"):
            getattr(batchctl, run)(definition, fixtures=fixtures, reports={"json": written}, **arguments)
    assert (definition.read_text("utf-8"), part.read_text("utf-8")) == before


def test_a_report_does_not_replace_fixtures(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fixtures" / "crm"
    folder.mkdir(parents=True)
    contacts = folder / "contacts.json"
    contacts.write_text("[]")
    with pytest.raises(UsageError, match=r"reports, json: .* is in the fixtures folder, too"):
        batchctl.run(file, fixtures=folder.parent, reports={"json": contacts})
    assert contacts.read_text() == "[]"


@pytest.mark.parametrize("returned", [None, {"result": []}], ids=["nothing", "dict"])
def test_a_function_that_returns_no_reply(file: Path, returned: Any) -> None:
    async def later(_call: Any) -> Any:
        return returned

    for answer in (lambda _call: returned, later):
        with pytest.raises(UsageError, match="returned no Reply for /unified/crm/contacts"):
            batchctl.run(file, backend=Answers(answer))


def test_a_secret_of_another_type_is_not_shown(file: Path) -> None:
    settings: Any = {"token": b"made-up-token", "executor": "direct"}
    with pytest.raises(UsageError, match="token must be a text") as caught:
        batchctl.run(file, **settings)
    assert "made-up" not in f"{caught.value}{caught.value.hint}"


def test_inside_an_event_loop_the_twin_is_named(file: Path) -> None:
    async def inside() -> None:
        batchctl.dry_run(file)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UsageError, match="an event loop is running") as caught:
            asyncio.run(inside())
    assert "arun" in f"{caught.value.hint}"
