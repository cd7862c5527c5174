from batchctl.definition.given import Given
from batchctl.engine.remarks import RunRemark
from batchctl.engine.result import Failed, NotReached, RunResult, Skipped, Succeeded, Work
from batchctl.errors import ServiceError
from batchctl.execution.packed import pack, unpack
from batchctl.execution.row_end import RowCalls, RowEnd
from batchctl.execution.row_table import RowEnds, RowTable
from batchctl.preparation import prepare
from batchctl.service.answer import read_answer
from batchctl.structs import replace

RESULT = RunResult(
    {
        "a": Succeeded(records=[{"id": 1, "text": "\ud800é"}], work=Work(1, 2, 0.5, 0, 0.25, 3, 1)),
        "b": Failed([{"statusCode": 403}], records=[1], total=7, work=Work(2)),
        "e": Failed([{"statusCode": 404}], accepted=True),
        "c": Skipped(("b",), [{"error": "skipped"}]),
        "d": NotReached(records=[]),
    },
    1.25,
    request_id="r-1",
    interrupted=True,
    answered=frozenset({"a", "b"}),
    remarks=(RunRemark("a", "rounded-number", "it is rounded", 2),),
    accounts={"a": frozenset({"acme", "globex"})},
    sync={"run": {"id": "s-1"}, "destinations": {}, "errors": []},
    left_out=frozenset({"d"}),
)


def test_a_result_comes_back_as_it_was() -> None:
    assert unpack(pack(RESULT), {}) == RESULT


def test_the_result_that_is_compared_has_a_value_of_its_own_in_every_field() -> None:
    plain = RunResult({}, 0.0)
    same = [name for name in RunResult.__struct_fields__ if getattr(RESULT, name) == getattr(plain, name)]
    assert same == ["raw"], "an answer of the service has a test of its own"


def test_an_answer_of_the_service_comes_back_with_all_that_stood_in_it() -> None:
    text = "integrated_account_id: x\nresources:\n- {resource: crm/contacts, method: list}\n"
    plan = prepare(text, given=Given()).require_plan()
    body = {"result": {"crm/contacts": [{"id": 1}], "other": None}, "errors": {}, "more": [1]}
    result = read_answer(body, plan.steps, elapsed_s=2.0, request_id="r-1")
    again = unpack(pack(result), plan.steps)
    assert again == result
    assert again.body() == body


def test_rows_and_their_ends() -> None:
    table = RowTable()
    rows = [table.add(account, {"n": n}) for account, n in (("x", 1), ("y", 2), ("x", 1), (None, 1))]
    assert [(row.number, row.occurrence) for row in rows] == [(1, 0), (2, 0), (3, 1), (4, 0)]
    assert list(table) == rows
    assert [row.number for row in table.rows_of(0)] == [1, 2, 3, 4]
    good = RunResult({"a": Succeeded(records=[1, 2])}, 0.5)
    table.keep(RowEnd(1, "x", {"n": 1}, good, None, 0.5, RowCalls([{"path": "/a"}], [])))
    table.keep(RowEnd(2, "y", {"n": 2}, replace(RESULT, interrupted=False, sync=None), None, 1.0))
    table.keep(RowEnd(3, "x", {"n": 1}, None, ServiceError("no answer", hint="try again"), 0.1))
    ends = RowEnds(table, {})
    assert [end.state for end in ends] == ["succeeded", "failed", "refused", "open"]
    assert (ends[0].result, ends[0].calls, ends[0].records) == (good, RowCalls([{"path": "/a"}], []), 2)
    assert (str(ends[2].error), ends[2].error and ends[2].error.hint) == ("no answer", "try again")
    assert [end.number for end in ends[1:3]] == [2, 3]
    assert ends[-1].number == 4
    assert tuple(table.counts()) == (1, 1, 1, 1, 10)
    assert table.not_succeeded(2) == [2, 3]


def test_rows_that_share_something_have_different_turns() -> None:
    table = RowTable()
    for account, shared in (
        ("a", ["account a"]),
        ("b", ["account b"]),
        ("a", ["account a", "mutex m"]),
        ("c", ["mutex m"]),
    ):
        table.add(account, {}, shared)
    assert table.turns == 3
    assert [[row.number for row in table.rows_of(turn)] for turn in range(3)] == [[1, 2], [3], [4]]
    assert [row.number for row in table] == [1, 2, 3, 4]
    assert dict(table.again) == {"account": 1, "mutex": 1}
