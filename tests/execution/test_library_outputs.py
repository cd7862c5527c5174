"""What a run of the library leaves beside its result: deliveries, recordings, traces, reports, files; runs of rows."""

from __future__ import annotations

import json
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from recording_service import TOKEN, served

import batchctl
from batchctl import Answers, Call, Event, Notice, Reply
from batchctl.execution.notices import Recorded, RowFinished, Traced, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RECORDS: dict[str, Any] = {"crm/contacts": [{"id": "1", "stage": "won"}, {"id": "2", "stage": "lost"}]}
ROWS: list[dict[str, Any]] = [{"stage": "won"}, {"stage": "lost"}]


@pytest.fixture
def direct() -> Iterator[dict[str, Any]]:
    with served(Answers(RECORDS)) as service:
        yield {"executor": "direct", "token": TOKEN, "api_url": service.url, "environment": {}}


def rows_in(database: Path) -> list[tuple[str]]:
    with sqlite3.connect(database) as connection:
        found = connection.execute("SELECT id FROM crm_contacts ORDER BY id").fetchall()
    connection.close()
    return found


def test_records_are_delivered_beside_the_result(file: Path, tmp_path: Path) -> None:
    result = batchctl.run(file, backend=Answers(RECORDS), to=f"sqlite:{tmp_path}/crm.sqlite")
    assert result.status == "succeeded"
    assert rows_in(tmp_path / "crm.sqlite") == [("1",)]


def test_what_can_not_be_delivered_is_an_error_of_its_resource(file: Path) -> None:
    result = batchctl.run(
        file, backend=Answers(RECORDS), to="webhook:http://127.0.0.1:1/", webhook_secret="made-up-and-long"
    )
    (outcome,) = result.outcomes.values()
    assert isinstance(outcome, batchctl.Failed)
    assert "not delivered" in str(outcome.errors)
    assert outcome.count == 1


def test_a_webhook_needs_a_secret(file: Path) -> None:
    backend = Answers(RECORDS)
    with pytest.raises(batchctl.UsageError, match="there is no secret"):
        batchctl.run(file, backend=backend, to="webhook:http://127.0.0.1:1/")
    assert backend.calls == []


def test_a_recording_runs_again_without_the_service(file: Path, tmp_path: Path, direct: dict[str, Any]) -> None:
    notices: list[Notice] = []
    first = batchctl.run(file, **direct, record=tmp_path / "kept", trace=tmp_path / "a.har", notify=notices.append)
    again = batchctl.run(file, fixtures=tmp_path / "kept")
    assert again.body() == first.body()
    assert len(json.loads((tmp_path / "a.har").read_text("utf-8"))["log"]["entries"]) == 1
    assert [each for each in notices if isinstance(each, Recorded | Traced)] == [
        Recorded(tmp_path / "kept", 1, "call"),
        Traced(tmp_path / "a.har", 1),
    ]


def test_a_local_run_has_nothing_to_record(file: Path, tmp_path: Path) -> None:
    with pytest.raises(batchctl.UsageError, match="nothing to record"):
        batchctl.run(file, backend=Answers(RECORDS), record=tmp_path / "kept")


def test_reports_are_those_of_the_command(file: Path, tmp_path: Path) -> None:
    batchctl.run(
        file,
        backend=Answers(RECORDS),
        reports={"junit": tmp_path / "r.xml", "json": tmp_path / "r.json", "html": str(tmp_path / "r.html")},
    )
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (report["status"], report["summary"]["calls"]) == ("succeeded", 1)
    assert "<testsuite" in (tmp_path / "r.xml").read_text("utf-8")
    assert "<html" in (tmp_path / "r.html").read_text("utf-8")


def test_reports_of_rows_are_those_of_the_command(file: Path, tmp_path: Path, direct: dict[str, Any]) -> None:
    notices: list[Notice] = []
    reports: dict[Any, Path] = {name: tmp_path / f"rows.{name}" for name in ("junit", "json", "html")}
    batchctl.run_each(file, ROWS, reports=reports, notify=notices.append, **direct)
    report = json.loads(reports["json"].read_text("utf-8"))
    assert (report["status"], len(report["rows"])) == ("succeeded", 2)
    assert [len(row["calls"]) for row in report["rows"]] == [1, 1]
    assert "<testsuite" in reports["junit"].read_text("utf-8")
    assert "<html" in reports["html"].read_text("utf-8")
    assert [each.path for each in notices if isinstance(each, Written)] == [str(path) for path in reports.values()]


def test_a_report_of_rows_in_no_known_format_is_refused(file: Path, tmp_path: Path) -> None:
    unknown: Any = {"pdf": tmp_path / "a.pdf"}
    with pytest.raises(batchctl.UsageError, match="no report"):
        batchctl.run_each(file, ROWS, reports=unknown)


def test_a_run_is_resumed_without_its_file(file: Path, store: batchctl.RunStore) -> None:
    broken = [True]

    async def answer(call: Call) -> Reply:
        return Reply(403, {"message": "no scope"}) if broken[0] else await Answers(RECORDS).send(call)

    with served(Answers(answer)) as service:
        reached: dict[str, Any] = {"token": TOKEN, "api_url": service.url, "environment": {}, "store": store}
        options = batchctl.RunOptions(concurrency=3)
        first = batchctl.run(file, executor="direct", args={"stage": "lost"}, options=options, **reached)
        broken[0] = False
        file.unlink()
        again = batchctl.run(resume="latest", **reached)
        assert (
            service.received[-1].target
            == "/unified/crm/contacts?integrated_account_id=5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10&stage=lost"
        )
    assert (first.status, again.status) == ("failed", "succeeded")


def test_neither_a_file_nor_a_run_to_resume(store: batchctl.RunStore) -> None:
    with pytest.raises(batchctl.UsageError, match="no file is named"):
        batchctl.run(store=store)
    with pytest.raises(batchctl.UsageError, match="no file is named"):
        batchctl.run_each(rows=ROWS)


def test_rows_are_previewed_one_by_one(file: Path) -> None:
    found = [(each.row.number, each.preview.totals().known) for each in batchctl.dry_run_each(file, ROWS)]
    assert found == [(1, 1), (2, 1)]
    with pytest.raises(batchctl.UsageError, match="no rows"):
        list(batchctl.dry_run_each(file, []))


def test_rows_are_delivered_recorded_and_resumed(
    file: Path, tmp_path: Path, store: batchctl.RunStore, direct: dict[str, Any]
) -> None:
    to = f"sqlite:{tmp_path}/crm.sqlite"
    notices: list[Notice] = []
    done = batchctl.run_each(file, ROWS, **direct, to=to, record=tmp_path / "kept", store=store, notify=notices.append)
    assert (done.status, rows_in(tmp_path / "crm.sqlite")) == ("succeeded", [("1",), ("2",)])
    assert sorted(path.name for path in (tmp_path / "kept").iterdir() if path.is_dir()) == ["1", "2"]
    assert Recorded(tmp_path / "kept", 2, "row") in notices
    # Neither the file nor the rows are named again, nor where records go.
    file.unlink()
    reached = {name: value for name, value in direct.items() if name != "executor"}
    again = batchctl.run_each(resume="latest", **reached, store=store)
    assert [end.number for end in again.ends] == [1, 2]
    with pytest.raises(batchctl.UsageError, match="would not be delivered elsewhere"):
        batchctl.run_each(resume="latest", **reached, store=store, to=f"dir:{tmp_path}/other")


def test_a_run_of_rows_is_resumed_as_one(file: Path, store: batchctl.RunStore, direct: dict[str, Any]) -> None:
    batchctl.run(file, **direct, store=store)
    with pytest.raises(batchctl.UsageError, match="not one of many rows"):
        batchctl.run_each(**direct, store=store, resume="latest")


def test_rows_are_spread_over_workers(file: Path, tmp_path: Path, store: batchctl.RunStore) -> None:
    pytest.importorskip("distributed")
    fixtures = tmp_path / "fixtures" / "unified" / "crm"
    fixtures.mkdir(parents=True)
    (fixtures / "contacts.json").write_text(json.dumps(RECORDS["crm/contacts"]), "utf-8")
    done = batchctl.run_each(file, ROWS, on="local:1", store=store)
    assert [end.error for end in done.ends] == [None, None]
    assert (done.status, [end.records for end in done.ends]) == ("succeeded", [1, 1])
    # What workers keep is not looked for on this machine alone.
    with pytest.raises(batchctl.UsageError, match="spread over workers"):
        batchctl.run_each(file, ROWS, store=store, resume="latest")


def test_rows_on_workers_are_resumed_without_their_file(file: Path, tmp_path: Path, store: batchctl.RunStore) -> None:
    pytest.importorskip("distributed")
    fixtures = tmp_path / "fixtures" / "unified" / "crm"
    fixtures.mkdir(parents=True)
    (fixtures / "contacts.json").write_text(json.dumps(RECORDS["crm/contacts"]), "utf-8")
    kept = f"file://{tmp_path}/kept"
    batchctl.run_each(file, ROWS, on="local:1", worker_store=kept, store=store)
    file.unlink()
    again = batchctl.run_each(resume="latest", on="local:1", worker_store=kept, store=store)
    assert [(end.number, end.error) for end in again.ends] == [(1, None), (2, None)]


def test_neither_rows_nor_a_run_to_resume(file: Path) -> None:
    with pytest.raises(batchctl.UsageError, match="there are no rows"):
        batchctl.run_each(file)


def test_two_dry_runs_are_compared(file: Path) -> None:
    won, lost = batchctl.dry_run(file), batchctl.dry_run(file, args={"stage": "lost"})
    (change,) = batchctl.compare(won, lost)
    (altered,) = change.altered
    assert [(each.name, each.before, each.after) for each in altered.fields] == [("query.stage", '"won"', '"lost"')]
    assert not any(each.differs for each in batchctl.compare(won, won))


def test_a_result_is_written_as_the_command_does(file: Path, tmp_path: Path) -> None:
    result = batchctl.run(file, backend=Answers(RECORDS))
    notices: list[Notice] = []
    batchctl.write_result(result, tmp_path / "all.csv", fields=["id"], notify=notices.append)
    assert (tmp_path / "all.csv").read_text("utf-8").splitlines()[-1].endswith("1")
    batchctl.write_result(result, f"{tmp_path}/each/", notify=notices.append)
    assert json.loads((tmp_path / "each" / "contacts.json").read_text("utf-8")) == [{"id": "1", "stage": "won"}]
    assert notices == [Written(str(tmp_path / "all.csv")), Written(f"{tmp_path}/each/", 2, "file")]
    with pytest.raises(batchctl.UsageError, match="no folder"):
        batchctl.write_result(result, tmp_path / "nowhere" / "a.json")


def test_keys_of_the_accounts_context_are_given(tmp_path: Path, definition: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(definition.replace("{{args.stage}}", "{{region}}").replace("args: {stage: won}\n", ""), "utf-8")
    assert batchctl.run(path, backend=Answers(RECORDS), context={"region": "won"}).outcomes["contacts"].count == 1  # type: ignore[union-attr]
    (resource,) = batchctl.dry_run(path, context={"region": "eu"}).resources
    assert [each.call.query for each in resource.requests()] == [{"stage": "eu"}]
    with pytest.raises(batchctl.UsageError, match="for local and direct runs"):
        batchctl.run(
            path, executor="truto", token="t", api_url="http://127.0.0.1:1", environment={}, context={"region": "x"}
        )


def removing(folder: Path) -> Callable[[object], None]:
    """Makes a folder useless once a run is under way, as a disk may be full by its end."""

    def remove(_said: object, /) -> None:
        if folder.is_dir():
            shutil.rmtree(folder)
            folder.touch()

    return remove


def test_a_report_that_can_not_be_written_takes_nothing_from_the_result(file: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    to, remove = f"sqlite:{tmp_path}/crm.sqlite", removing(tmp_path / "gone")
    with pytest.raises(batchctl.UsageError, match=r"can't write to .*r\.json") as error:
        batchctl.run(
            file, backend=Answers(RECORDS), to=to, reports={"json": tmp_path / "gone" / "r.json"}, observer=remove
        )
    assert error.value.result.outcomes["contacts"].count == 1
    assert rows_in(tmp_path / "crm.sqlite") == [("1",)]


def test_a_recording_that_can_not_be_written_keeps_no_report_from_being_written(
    file: Path, tmp_path: Path, direct: dict[str, Any]
) -> None:
    reports: dict[Any, Path] = {"json": tmp_path / "r.json"}
    remove = removing(tmp_path / "kept")
    for run in (
        lambda: batchctl.run(file, **direct, record=tmp_path / "kept", reports=reports, observer=remove),
        lambda: batchctl.run_each(file, ROWS, **direct, record=tmp_path / "kept", reports=reports, notify=remove),
    ):
        with pytest.raises(batchctl.UsageError, match="kept") as error:
            run()
        assert error.value.result.status == "succeeded"
        assert json.loads(reports["json"].read_text("utf-8"))["status"] == "succeeded"
        reports["json"].unlink()
        (tmp_path / "kept").unlink()


def test_an_error_before_a_run_has_no_result(file: Path) -> None:
    for run in (lambda: batchctl.run(file, to="nowhere"), lambda: batchctl.run_each(file, [])):
        with pytest.raises(batchctl.UsageError) as error:
            run()
        assert error.value.result is None


def test_rows_that_have_ended_are_in_the_error_that_ends_all_of_them(file: Path, store: batchctl.RunStore) -> None:
    def lose_the_table(notice: Notice, /) -> None:
        if isinstance(notice, RowFinished) and notice.end.number == 1:
            (database,) = store.folder.glob("*/run.db")
            with sqlite3.connect(database) as connection:
                connection.execute("DROP TABLE each_row")
            connection.close()

    rows = [{"stage": stage} for stage in ("won", "lost", "open")]
    with pytest.raises(batchctl.StoreError, match="each_row") as error:
        batchctl.run_each(file, rows, backend=Answers(RECORDS), store=store, parallel=1, notify=lose_the_table)
    result = error.value.result
    assert (result.status, [end.records for end in result.ends]) == ("interrupted", [1, 1, 0])


def test_what_came_before_the_journal_could_not_be_written_is_in_the_error(
    file: Path, store: batchctl.RunStore, direct: dict[str, Any]
) -> None:
    file.write_text(
        file.read_text("utf-8") + "  - {resource: crm/notes, method: list, depends_on: contacts}\n", "utf-8"
    )

    def lose_the_table(event: Event, /) -> None:
        if type(event).__name__ == "CallSucceeded":
            (database,) = store.folder.glob("*/run.db")
            with sqlite3.connect(database) as connection:
                connection.execute("DROP TABLE IF EXISTS call")
            connection.close()

    with pytest.raises(batchctl.StoreError) as error:
        batchctl.run(file, **direct, store=store, observer=lose_the_table)
    result = error.value.result
    assert (result.status, result.outcomes["contacts"].count) == ("interrupted", 1)
