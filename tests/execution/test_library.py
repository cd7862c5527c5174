"""``batchctl.run`` and its relatives, over a backend and over a real socket."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from recording_service import TOKEN, served

import batchctl
from batchctl import Answers, Call, Notice, Reply
from batchctl.execution.notices import KeyChosen, NotRecorded, ResponsesReused, RowFinished, RunStarted

NOTES = """\
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query: {contact_id: "{{resources.crm.contacts.id}}"}
"""
ACCOUNT = "77c1e0a4-6f0e-4d1c-9a43-51c2b7f3d8e2"
WRITES = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: made, resource: crm/contacts, method: create, body: {name: Zoë}}
"""
RECORDS: dict[str, Any] = {
    "crm/contacts": [{"id": "1", "stage": "won"}, {"id": "2", "stage": "lost"}],
    "crm/notes": [{"id": "n", "contact_id": "1"}],
}


@pytest.fixture
def definition(definition: str) -> str:
    return definition + NOTES


@pytest.mark.parametrize("executor", ["direct", "truto"])
def test_an_api_and_a_backend_bring_the_same(file: Path, executor: Any, tmp_path: Path) -> None:
    here = batchctl.run(file, backend=Answers(RECORDS))
    with served(Answers(RECORDS)) as service:
        there = batchctl.run(
            file, executor=executor, token=TOKEN, api_url=service.url, environment={"HOME": str(tmp_path)}
        )
    assert there.body() == here.body()
    assert (here.status, there.status) == ("succeeded", "succeeded")
    assert list(here.outcomes) == ["contacts", "notes"]


def test_what_is_recorded_can_be_resumed(file: Path, store: batchctl.RunStore) -> None:
    failing = [True]

    async def answer(call: Call) -> Reply:
        inner = Answers(RECORDS)
        return (
            Reply(403, {"message": "no scope"})
            if failing[0] and call.resource == "crm/notes"
            else await inner.send(call)
        )

    notices: list[Notice] = []
    with served(Answers(answer)) as service:
        settings: batchctl.RunSettings = {
            "executor": "direct",
            "token": TOKEN,
            "api_url": service.url,
            "environment": {},
            "store": store,
            "notify": notices.append,
        }
        first = batchctl.run(file, **settings)
        failing[0] = False
        service.received.clear()
        settings["resume"] = "latest"
        again = batchctl.run(file, **settings)
        assert [request.target.split("?")[0] for request in service.received] == ["/unified/crm/notes"]
    assert (first.status, again.status) == ("failed", "succeeded")
    assert [type(notice) for notice in notices] == [RunStarted, RunStarted, ResponsesReused]
    (kept,) = store.list()
    assert (kept.state, kept.kind) == ("succeeded", "direct")


def test_a_run_is_resumed_from_the_store_that_has_it(file: Path) -> None:
    with pytest.raises(batchctl.UsageError, match="from the store"):
        batchctl.run(file, executor="direct", token="t", api_url="http://127.0.0.1:1", environment={}, resume="latest")


def test_a_key_is_chosen_for_what_writes_and_told(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(WRITES, "utf-8")
    notices: list[Notice] = []
    with served(Answers({"crm/contacts": []})) as service:
        for executor in ("direct", "truto"):
            batchctl.run(
                path,
                executor=executor,
                token=TOKEN,
                api_url=service.url,
                environment={},
                notify=notices.append,
            )
    assert len({notice.key for notice in notices if isinstance(notice, KeyChosen)}) == 2


def test_equal_rows_are_run_as_often_as_they_stand_there(tmp_path: Path, store: batchctl.RunStore) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(WRITES, "utf-8")
    backend = Answers({"crm/contacts": []})
    done = batchctl.run_each(path, [{}, {}, {}], backend=backend, store=store)
    assert (done.status, len(backend.calls)) == ("succeeded", 3)
    (kept,) = store.list()
    assert (kept.kind, kept.rows, kept.calls, kept.state) == ("each", 3, 0, "succeeded")


@pytest.mark.parametrize("executor", ["direct", "truto"])
def test_rows_that_succeeded_are_not_run_again(file: Path, store: batchctl.RunStore, executor: Any) -> None:
    broken = [True]

    async def answer(call: Call) -> Reply:
        lost = call.query.get("stage") == "lost"
        return Reply(403, {"message": "no scope"}) if lost and broken[0] else await Answers(RECORDS).send(call)

    notices: list[Notice] = []
    with served(Answers(answer)) as service:
        settings: batchctl.RunSettings = {
            "executor": executor,
            "token": TOKEN,
            "api_url": service.url,
            "environment": {},
            "store": store,
            "notify": notices.append,
        }
        rows = [{"stage": "won"}, {"stage": "lost"}]
        first = batchctl.run_each(file, rows, **settings)
        broken[0] = False
        settings["resume"] = "latest"
        again = batchctl.run_each(file, rows, **settings)
    assert [end.ok for end in first.ends] == [True, False]
    assert [end.ok for end in again.ends] == [True, True]
    ends = [notice for notice in notices if isinstance(notice, RowFinished)]
    assert Counter((notice.end.number, notice.reused) for notice in ends) == {
        (1, False): 1, (2, False): 2, (1, True): 1,
    }  # fmt: skip
    # One run in the store, whatever its rows needed, and no folder of a row is left.
    (kept,) = store.list()
    assert (kept.state, kept.rows) == ("succeeded", 2)
    assert not list((store.folder / kept.id / "rows").iterdir())


def test_where_nothing_can_be_recorded_it_is_said(file: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", "utf-8")
    store = batchctl.RunStore(tmp_path / "state")
    notices: list[Notice] = []
    with served(Answers(RECORDS)) as service:
        done = batchctl.run(
            file,
            executor="truto",
            token=TOKEN,
            api_url=service.url,
            environment={},
            store=store,
            notify=notices.append,
        )
    assert done.status == "succeeded"
    assert [type(notice) for notice in notices] == [NotRecorded]


def test_placeholders_without_a_value_are_an_error_before_anything_is_sent(tmp_path: Path, definition: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        definition.replace("args: {stage: won}", "args: {stage: null}").replace("{{args.stage}}", "{{args.b}}")
    )
    backend = Answers(RECORDS)
    with pytest.raises(batchctl.DefinitionError) as found:
        batchctl.run(path, backend=backend)
    assert [each.rule for each in found.value.diagnostics if each.severity is batchctl.Severity.ERROR]
    assert backend.calls == []


def test_a_cancelled_run_answers_with_what_there_is(file: Path) -> None:
    async def never(call: Call) -> Reply:
        if call.resource == "crm/notes":
            await asyncio.Event().wait()
        return await Answers(RECORDS).send(call)

    async def cancelled() -> batchctl.RunResult:
        seen = asyncio.Event()

        def observe(event: batchctl.Event, /) -> None:
            if type(event).__name__ == "CallStarted" and getattr(event, "key", "") == "notes":
                seen.set()

        task = asyncio.create_task(batchctl.arun(file, backend=Answers(never), observer=observe))
        await seen.wait()
        task.cancel()
        return await task

    result = asyncio.run(cancelled())
    assert result.status == "interrupted"
    assert isinstance(result.outcomes["contacts"], batchctl.Succeeded)
    assert isinstance(result.outcomes["notes"], batchctl.NotReached)


def test_answers_change_as_fixtures_do() -> None:
    backend = Answers({"crm/contacts": [{"id": "1", "name": "a"}]})

    async def all_of_it() -> list[int]:
        calls = [
            Call("crm/contacts", "create", body={"id": "2"}),
            Call("crm/contacts", "update", "1", body={"name": "b"}),
            Call("crm/contacts", "delete", "2"),
            Call("crm/contacts", "get", "2"),
            Call("crm/contacts", "search"),
            Call("crm/nothing", "list"),
        ]
        return [(await backend.send(each)).status for each in calls]

    assert asyncio.run(all_of_it()) == [201, 200, 200, 404, 404, 404]
    assert len(backend.calls) == 6


def test_previews_go_as_deep_as_samples_reach(file: Path) -> None:
    assert batchctl.dry_run(file).totals().known == 1
    assert batchctl.dry_run(file, samples={"contacts": RECORDS["crm/contacts"]}).totals().known == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"executor": "elsewhere"}, "there is no executor"), ({"fixtures": "nowhere"}, "nowhere")],
)
def test_wrong_use_is_a_sentence(file: Path, settings: Any, said: str) -> None:
    with pytest.raises(batchctl.UsageError, match=said):
        batchctl.run(file, **settings)
    with pytest.raises(batchctl.UsageError, match="no rows"):
        batchctl.run_each(file, [])
    with pytest.raises(batchctl.UsageError, match=r"^no such file: nowhere\.yaml$"):
        batchctl.load("nowhere.yaml")


def test_records_are_delivered(tmp_path: Path) -> None:
    """``to`` of one run and of many: the records of each are where they should be, or an error of their resource."""
    path = tmp_path / "a.yaml"
    path.write_text("integrated_account_id: a\nresources: [{name: contacts, resource: crm/contacts, method: list}]\n")
    backend = Answers({"crm/contacts": [{"id": "1"}, {"id": "2"}]})
    database = tmp_path / "all.sqlite"
    result = batchctl.run(path, backend=backend, to=f"contacts=sqlite:{database}")
    assert result.ok
    done = batchctl.run_each(path, [{"account": "b"}, {"account": "c"}], backend=backend, to=[f"sqlite:{database}"])
    assert done.status == "succeeded"
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT truto_integrated_account_id, count(*) FROM crm_contacts GROUP BY 1 ORDER BY 1"
        assert connection.execute(query).fetchall() == [("a", 2), ("b", 2), ("c", 2)]
    (tmp_path / "file").write_text("in the way")
    failed = batchctl.run(path, backend=backend, to=f"dir:{tmp_path / 'file'}")
    assert failed.status == "failed"
    outcome = failed.outcomes["contacts"]
    assert isinstance(outcome, batchctl.Failed)
    assert "not delivered" in str(outcome.errors)
    with pytest.raises(batchctl.UsageError, match="nothing that is delivered is called nobody"):
        batchctl.run_each(path, [{"account": "b"}], backend=backend, to="nobody=dir:x")
    with pytest.raises(batchctl.UsageError, match="no secret"):
        batchctl.run(path, backend=backend, to="http://127.0.0.1:9/")


def test_an_argument_that_nothing_reads_is_wrong_use(file: Path) -> None:
    backend = Answers(RECORDS)
    with pytest.raises(batchctl.UsageError, match='an argument "stag"') as caught:
        batchctl.run(file, args={"stag": "lost"}, backend=backend)
    assert caught.value.hint == 'did you mean "stage"? allow_unused=True lets it pass'
    with pytest.raises(batchctl.UsageError, match='an argument "stag" \\(from row 1, stag\\)'):
        batchctl.run_each(file, [{"stag": "lost"}], backend=backend)
    assert backend.calls == []
    assert batchctl.run(file, args={"stag": "lost"}, allow_unused=True, backend=backend).ok


@pytest.mark.parametrize(
    ("rows", "said", "hint"),
    [
        ([{"acount": "x"}], 'an argument "acount" (from row 1, acount)', 'did you mean "account"'),
        ([{"stage": "won"}, {"stge": "won"}], 'an argument "stge" (from row 2, stge)', 'did you mean "stage"'),
        ([{"account": ACCOUNT}, {"stage": "won"}], "row 2 has no account, while others have one", "give each row one"),
        ([{"account": ACCOUNT, "integrated_account_id": "x"}], "row 1 has two accounts", "keep one"),
        ([{"stage": float("nan")}], "row 1, stage: a number is too large for JSON", ""),
        ([5], "row 1 is not a mapping of argument names to values", ""),
    ],
)
def test_rows_of_values_are_checked_like_those_of_a_file(file: Path, rows: Any, said: str, hint: str) -> None:
    backend = Answers(RECORDS)
    for each in (
        lambda: batchctl.run_each(file, rows, backend=backend),
        lambda: list(batchctl.dry_run_each(file, rows)),
    ):
        with pytest.raises(batchctl.UsageError) as refused:
            each()
        assert said in str(refused.value)
        assert hint in (refused.value.hint or "")
    assert not backend.calls


def test_the_account_of_a_row_is_trimmed(file: Path) -> None:
    for name in ("account", "integrated_account_id"):
        (row,) = batchctl.dry_run_each(file, [{name: f" {ACCOUNT}\n"}])
        assert row.row.account == row.preview.plan.definition.integrated_account_id == ACCOUNT


def test_an_argument_that_no_request_can_carry_is_refused(file: Path) -> None:
    with pytest.raises(batchctl.UsageError, match="args, stage: a number is too large for JSON"):
        batchctl.run(file, args={"stage": float("inf")})


def test_a_keyword_that_no_function_has_is_refused(file: Path) -> None:
    with pytest.raises(batchctl.UsageError, match='there is no setting "acount"') as refused:
        batchctl.run(file, acount=ACCOUNT)  # type: ignore[call-arg]  # the misspelling is the test
    assert 'did you mean "account"' in (refused.value.hint or "")


def test_a_report_that_there_is_not_is_refused_before_the_run(file: Path, tmp_path: Path) -> None:
    backend = Answers(RECORDS)
    reports: Any = {"sarif": tmp_path / "report"}
    with pytest.raises(batchctl.UsageError, match='there is no report "sarif"') as refused:
        batchctl.run(file, backend=backend, reports=reports)
    assert (refused.value.hint, backend.calls) == ("they are junit, json, html", [])
