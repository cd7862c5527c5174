from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from batchctl.engine.backends.fixture_files import find_file
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.paging import Pages, next_cursor
from batchctl.errors import ConnectionFailed, FixtureError
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.engine.backends.base import Reply

PEOPLE: list[Any] = [
    {"id": 1, "name": "Zoë", "stage": "lead", "nick": "", "vip": True, "score": 1.0},
    {"id": "2", "name": "李雷", "stage": "customer", "nick": None, "vip": False, "tags": ["a", "b"]},
    {"id": "3", "name": "Omar", "stage": "lead", "nick": "O", "vip": False, "limit": 7},
]


def write(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else "" if isinstance(content, bytes) else json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else text.encode())
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    write(tmp_path, "unified/crm/contacts.json", PEOPLE)
    return tmp_path


class Sent:
    """A backend whose calls are made one at a time; ``waits`` are the sleeps that it asked for."""

    def __init__(self, folder: Path) -> None:
        self.waits: list[float] = []
        self.backend = FixtureBackend(folder, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def __call__(
        self, method: str, record_id: str | None = None, *, resource: str = "crm/contacts", **rest: Any
    ) -> Reply:
        return asyncio.run(self.backend.send(Call(resource, method, record_id, **rest)))

    def page(self, resource: str = "crm/contacts", **query: Any) -> Any:
        reply = self("list", resource=resource, query=query)
        assert reply.status == 200, reply.body
        return reply.body

    def ids(self, **query: Any) -> Any:
        return [record["id"] for record in self.page(**query)["result"]]


def message(reply: Reply, status: int) -> str:
    assert isinstance(reply.body, dict)
    assert (reply.status, reply.body["statusCode"]) == (status, status)
    return str(reply.body["message"])


# The folder and its files


def test_a_missing_folder_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="does not exist") as caught:
        FixtureBackend(tmp_path / "none")
    assert "--fixtures" in (caught.value.hint or "")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="is not a folder"):
        FixtureBackend(write(tmp_path, "fixtures", "x"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("contacts.json", '[{"id": "1", "n": null}]'),
        ("contacts.json", '\ufeff{"result": [{"id": "1", "n": null}]}'),
        ("contacts.yaml", 'result:\n  - id: "1"\n    n: null\n'),
        ("contacts.yml", '- {id: "1", n: }\n'),
        ("contacts.ndjson", '\n{"id": "1", "n": null}\r\n   \n'),
        ("contacts.csv", "id,n\n1,\n"),
        ("contacts.csv", "id,n\r\n\r\n1\r\n"),
    ],
)
def test_every_format_gives_the_same_records(tmp_path: Path, name: str, content: str) -> None:
    write(tmp_path, f"unified/crm/{name}", content)
    assert Sent(tmp_path).page()["result"] == [{"id": "1", "n": None}]


def test_csv_values_stay_text(tmp_path: Path) -> None:
    write(tmp_path, "proxy/rows.csv", 'id,price,note\n007,1.50,"a, ""b""\nc"\n')
    assert Sent(tmp_path).page("rows")["result"] == [{"id": "007", "price": "1.50", "note": 'a, "b"\nc'}]


def test_unified_and_proxy_do_not_mix(people: Path) -> None:
    write(people, "proxy/contacts.json", [{"id": "p"}])
    sent = Sent(people)
    assert sent.page("contacts")["result"] == [{"id": "p"}]
    assert len(sent.page()["result"]) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("contacts.json", '[\n{"id": }\n]', r"contacts\.json:2:8: not JSON"),
        ("contacts.json", '{"records": []}', "no list of records"),
        ("contacts.json", '{"result": {}}', "no list of records"),
        ("contacts.json", "[NaN]", "NaN is not a JSON value"),
        ("contacts.json", "[" * 100_000, "nests too deep"),
        ("contacts.json", b"[\n\xff]", r"contacts\.json:2: not UTF-8"),
        ("contacts.yaml", "- id: 1\n- id: [\n", r"contacts\.yaml:\d"),
        ("contacts.yaml", "just text", "no list of records"),
        ("contacts.ndjson", '{"id": 1}\n\n{"id": 2', r"contacts\.ndjson:3:\d+: not JSON"),
        ("contacts.ndjson", '{"id": 1}\n[Infinity]', r"contacts\.ndjson:2: not JSON"),
        ("contacts.csv", 'id,n\n1,"a"b\n', r"contacts\.csv:2: not CSV"),
        ("contacts.csv", "id,n\n1,a\n2,b,c\n", r"contacts\.csv:3: 3 cells under 2"),
        ("contacts.csv", "id,id\n1,2\n", r'contacts\.csv:1: two columns are named "id"'),
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path: Path, name: str, content: object, said: str) -> None:
    write(tmp_path, f"unified/crm/{name}", content)
    with pytest.raises(FixtureError, match=said):
        Sent(tmp_path).page()


def test_two_files_for_one_resource_are_an_error(people: Path) -> None:
    write(people, "unified/crm/contacts.csv", "id\n1\n")
    with pytest.raises(FixtureError, match=r"contacts\.json and contacts\.csv") as caught:
        Sent(people)("get", "1")
    assert caught.value.hint == "keep one of them"


def test_a_file_is_read_once_and_only_when_asked_for(people: Path) -> None:
    broken = write(people, "unified/crm/deals.json", "{")
    answers = write(people, "unified/crm/contacts/search.json", [1])
    sent = Sent(people)
    for _ in range(2):
        assert sent("search").body == {"result": [1]}
        assert len(sent.ids()) == 3
        for path in (broken, answers, people / "unified/crm/contacts.json"):
            path.unlink(missing_ok=True)


@pytest.mark.parametrize("method", ["list", "get", "create", "update", "delete"])
def test_without_a_file_the_answer_names_the_one_to_create(tmp_path: Path, method: str) -> None:
    said = message(Sent(tmp_path)(method, "1", body={}), 404)
    assert said == "no fixture for crm/contacts: create unified/crm/contacts.json (or .yaml, .ndjson, .csv)"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "resource",
    ["../secret", "crm/../../secret", "crm/..", "crm//contacts", "crm/.", "..", "", "/", "C:", "a\\b", "a\0b"],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, resource: str) -> None:
    write(tmp_path, "secret.json", [{"id": "1"}])
    write(tmp_path, "inside/unified/crm/contacts.json", PEOPLE)
    sent = Sent(tmp_path / "inside")
    for method in ("list", "get", "search"):
        assert "can be named" in message(sent(method, "1", resource=resource), 404)


@pytest.mark.parametrize("method", ["../contacts", "..", "a\\b", ""])
def test_no_method_leads_out_of_the_folder(people: Path, method: str) -> None:
    assert "can be named" in message(Sent(people)(method), 404)


def test_a_name_too_long_for_the_system_is_just_missing(tmp_path: Path) -> None:
    (tmp_path / "proxy").mkdir()
    assert find_file(tmp_path, ["proxy", "a" * 5000]) is None
    assert "no fixture" in message(Sent(tmp_path)("list", resource="a" * 300), 404)


# list


def test_a_list_has_the_shape_of_the_service(people: Path) -> None:
    assert Sent(people).page() == {
        "result": PEOPLE,
        "next_cursor": None,
        "prev_cursor": None,
        "result_count": 3,
        "is_partial_response": False,
    }


def test_a_page_holds_50_records_unless_told(tmp_path: Path) -> None:
    write(tmp_path, "proxy/rows.json", [{"id": number} for number in range(120)])
    sent = Sent(tmp_path)

    async def follow(query: Any) -> list[Any]:
        call = Call("rows", "list", query=query)
        pages, bodies = Pages(call, 100), [(await sent.backend.send(call)).body]
        while cursor := next_cursor(call, bodies[-1]):
            pages.follow(cursor)
            bodies.append((await sent.backend.send(pages.page)).body)
        return bodies

    bodies = asyncio.run(follow({}))
    assert [body["result_count"] for body in bodies] == [50, 50, 20]
    assert [record["id"] for body in bodies for record in body["result"]] == list(range(120))
    assert len(asyncio.run(follow({"limit": "7"}))) == 18
    assert len(asyncio.run(follow({"limit": 120}))) == 1


def test_prev_cursor_leads_back(tmp_path: Path) -> None:
    rows = [{"id": number, "odd": number % 2} for number in range(20)]
    write(tmp_path, "proxy/rows.json", rows)
    sent = Sent(tmp_path)
    first = sent.page("rows", odd="1", limit=3)
    second = sent.page("rows", odd="1", limit=3, next_cursor=first["next_cursor"])
    assert [record["id"] for record in second["result"]] == [7, 9, 11]
    back = sent.page("rows", odd="1", limit=3, next_cursor=second["prev_cursor"])
    assert back == first


def test_changes_between_pages_skip_and_repeat_nothing(people: Path) -> None:
    sent = Sent(people)
    cursor = sent.page(limit=1)["next_cursor"]
    sent("delete", "1")
    sent("create", body={"name": "new"})
    assert sent.ids(next_cursor=cursor) == ["2", "3", "contacts-1"]


@pytest.mark.parametrize("limit", ["ten", "1.5", 0, "0", -1, True, "", [], "٣"])
def test_a_limit_that_is_no_page_size_is_refused(people: Path, limit: Any) -> None:
    assert "limit" in message(Sent(people)("list", query={"limit": limit}), 400)


@pytest.mark.parametrize("cursor", ["x", "!!!", "b2Zmc2V0OjE", 5, {"a": 1}, "cGxhY2U6OTk5", " cGxhY2U6MQ", "é"])
def test_a_foreign_cursor_is_refused(people: Path, cursor: Any) -> None:
    assert "next_cursor" in message(Sent(people)("list", query={"next_cursor": cursor}), 400)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"stage": "lead"}, [1, "3"]),
        ({"stage": "lead", "vip": "false"}, ["3"]),
        ({"vip": True}, [1]),
        ({"id": "1"}, [1]),
        ({"id": 2}, ["2"]),
        ({"score": "1"}, [1]),
        ({"score": 1}, [1]),
        ({"tags": "a,b"}, ["2"]),
        ({"nick": ""}, [1]),
        ({"nick": None}, []),
        ({"stage": "LEAD"}, []),
        ({"colour": "red"}, [1, "2", "3"]),
        ({"limit": "7"}, [1, "2", "3"]),
        ({"truto_id": "9", "integrated_account_id": "x"}, [1, "2", "3"]),
    ],
)
def test_filters_compare_fields_as_text(people: Path, query: Any, ids: Any) -> None:
    assert Sent(people).ids(**query) == ids


def test_the_keys_of_the_service_never_filter(tmp_path: Path) -> None:
    write(tmp_path, "unified/crm/contacts.json", [{"id": 1, "truto_id": "a", "integrated_account_id": "b"}])
    assert Sent(tmp_path).ids(truto_id="z", integrated_account_id="z") == [1]


def test_a_field_filters_while_a_record_has_it(people: Path) -> None:
    sent = Sent(people)
    assert len(sent.ids(colour="red")) == 3
    sent("update", "2", body={"colour": "red"})
    assert sent.ids(colour="red") == ["2"]
    sent("delete", "2")
    assert len(sent.ids(colour="red")) == 2


def test_records_need_not_be_objects(tmp_path: Path) -> None:
    write(tmp_path, "proxy/rows.json", ["a", 1, {"id": "x"}])
    sent = Sent(tmp_path)
    assert sent.page("rows")["result"] == ["a", 1, {"id": "x"}]
    assert sent.page("rows", id="x")["result"] == [{"id": "x"}]


# get, create, update, delete


def test_get_finds_by_id_as_text(people: Path) -> None:
    sent = Sent(people)
    assert sent("get", "1").body == PEOPLE[0]
    assert sent("get", "2").body == PEOPLE[1]
    assert message(sent("get", "9"), 404) == 'contacts has no record with id "9"'
    assert message(sent("get"), 404)


def test_of_two_records_with_one_id_the_first_is_found(tmp_path: Path) -> None:
    write(tmp_path, "proxy/rows.json", [{"id": "1", "n": 1}, {"id": 1, "n": 2}])
    assert Sent(tmp_path)("get", "1", resource="rows").body == {"id": "1", "n": 1}


def test_create_gives_the_next_free_id_in_every_run(people: Path) -> None:
    for _ in range(2):
        sent = Sent(people)
        sent("create", body={"id": "contacts-2"})
        replies = [sent("create", body={"name": name, "id": None}) for name in "ab"]
        assert [reply.status for reply in replies] == [201, 201]
        assert sent("get", "contacts-3").body == {"id": "contacts-3", "name": "b"}
        assert sent.ids() == [1, "2", "3", "contacts-2", "contacts-1", "contacts-3"]


def test_create_keeps_an_id_and_refuses_one_that_is_taken(people: Path) -> None:
    sent = Sent(people)
    assert sent("create", body={"id": 40}).body == {"id": 40}
    assert sent("get", "40").body == {"id": 40}
    assert 'id "40" already' in message(sent("create", body={"id": "40"}), 409)


def test_update_merges_one_level_and_keeps_the_id(people: Path) -> None:
    sent = Sent(people)
    sent("update", "3", body={"address": {"city": "Kyiv", "zip": "01001"}})
    reply = sent("update", "3", body={"address": {"city": "Lviv"}, "nick": None, "id": "other"})
    assert reply.status == 200
    assert reply.body == {**PEOPLE[2], "address": {"city": "Lviv"}, "nick": None}
    assert sent("get", "3").body == reply.body
    assert message(sent("update", "9", body={}), 404)


def test_delete_takes_the_record_out(people: Path) -> None:
    sent = Sent(people)
    reply = sent("delete", "1")
    assert (reply.status, reply.body) == (200, {"id": 1})
    assert sent.ids() == ["2", "3"]
    assert message(sent("get", "1"), 404)
    assert message(sent("delete", "1"), 404)


@pytest.mark.parametrize("method", ["create", "update"])
@pytest.mark.parametrize("body", [None, [], "text", 1])
def test_a_body_that_is_no_object_is_refused(people: Path, method: str, body: Any) -> None:
    assert "object as its body" in message(Sent(people)(method, "1", body=body), 400)


def test_what_is_handed_out_or_in_is_a_copy(people: Path) -> None:
    sent = Sent(people)
    body: Any = {"tags": ["x"]}
    replies = [sent("create", body=body), sent("update", "2", body=body), sent("get", "2")]
    records: list[Any] = [body, *(reply.body for reply in replies), *sent.page(id="2")["result"]]
    for record in records:
        record["tags"].append("changed")
    assert [sent.page(id=each)["result"][0]["tags"] for each in ("contacts-1", "2")] == [["x"], ["x"]]


def test_changes_end_with_the_backend_and_leave_the_file_alone(people: Path) -> None:
    before = (people / "unified/crm/contacts.json").read_bytes()
    sent = Sent(people)
    sent("delete", "1")
    asyncio.run(sent.backend.aclose())
    assert Sent(people).ids() == [1, "2", "3"]
    assert (people / "unified/crm/contacts.json").read_bytes() == before


# Custom methods


def test_a_custom_method_is_answered_from_its_own_file(tmp_path: Path) -> None:
    write(tmp_path, "proxy/contacts/search.json", {"hits": [1]})
    write(tmp_path, "unified/crm/contacts/search.yaml", "- id: 1\n")
    sent = Sent(tmp_path)
    first: Any = sent("search", resource="contacts")
    assert (first.status, first.body) == (200, {"hits": [1]})
    first.body["hits"].clear()
    assert sent("search", resource="contacts").body == {"hits": [1]}
    assert sent("search").body == {"result": [{"id": 1}]}


def test_without_its_file_a_custom_method_names_it(tmp_path: Path) -> None:
    sent = Sent(tmp_path)
    assert message(sent("search"), 404).endswith("create unified/crm/contacts/search.json (or .yaml)")
    assert "create proxy/a/search.json" in message(sent("search", resource="a"), 404)


# Faults


def faulty(folder: Path, *entries: object) -> Sent:
    write(folder, "faults.json", list(entries))
    return Sent(folder)


def test_a_fault_answers_with_the_envelope(people: Path) -> None:
    insight = {"forbidden_error": {"value": {"missing_scopes": ["crm.read"]}}}
    rule = {"resource": "crm/contacts", "status": 403, "message": "no scope", "remote": True}
    sent = faulty(people, {**rule, "insight": insight, "raw_response": {"code": 7}})
    first: Any = sent("list").body
    assert first == {
        "statusCode": 403,
        "error": "Forbidden",
        "message": "no scope",
        "truto_is_remote_error": True,
        "truto_error_insight": insight,
        "raw_response": {"code": 7},
    }
    first["raw_response"].clear()
    assert sent("list").body == {**first, "raw_response": {"code": 7}}


@pytest.mark.parametrize(
    ("entry", "status"),
    [({}, 500), ({"status": 422}, 422), ({"retry_after": 3}, 429), ({"retry_after": 3, "status": 503}, 503)],
)
def test_a_status_is_500_or_429_unless_told(people: Path, entry: dict[str, Any], status: int) -> None:
    reply = faulty(people, {"resource": "crm/contacts", **entry})("list")
    assert message(reply, status)
    assert dict(reply.headers) == ({"retry-after": "3"} if "retry_after" in entry else {})


@pytest.mark.parametrize(
    ("entry", "hits"),
    [
        ({"method": "get"}, {"get 1", "get 2"}),
        ({"id": 2}, {"get 2", "delete 2"}),
        ({"method": "get", "id": "1"}, {"get 1"}),
        ({"query": {"stage": "lead"}}, {"list lead"}),
        ({"query": {"n": "1"}}, {"list n"}),
        ({"query": {"n": 1, "other": "x"}}, set()),
        ({"resource": "crm/deals"}, set()),
    ],
)
def test_a_fault_strikes_where_everything_fits(people: Path, entry: dict[str, Any], hits: set[str]) -> None:
    sent = faulty(people, {"resource": "crm/contacts", "status": 418} | entry)
    replies = {
        "get 1": sent("get", "1"),
        "get 2": sent("get", "2"),
        "delete 2": sent("delete", "2"),
        "list lead": sent("list", query={"stage": "lead"}),
        "list n": sent("list", query={"n": 1}),
    }
    assert {name for name, reply in replies.items() if reply.status == 418} == hits


def test_the_first_matching_fault_wins(people: Path) -> None:
    rule = {"resource": "crm/contacts"}
    sent = faulty(people, {**rule, "id": "1", "status": 401}, {**rule, "status": 402})
    assert [sent("get", each).status for each in "12"] == [401, 402]


@pytest.mark.parametrize(
    ("entry", "statuses"),
    [
        ({"times": 2}, [500, 500, 200, 200, 200]),
        ({"after": 3}, [200, 200, 200, 500, 500]),
        ({"after": 1, "times": 2}, [200, 500, 500, 200, 200]),
        ({"times": 0}, [200, 200, 200, 200, 200]),
    ],
)
def test_a_fault_counts_the_calls_that_match(people: Path, entry: dict[str, Any], statuses: list[int]) -> None:
    sent = faulty(people, {"resource": "crm/contacts", "method": "get", **entry})
    for _ in range(3):
        sent("list")
    assert [sent("get", "1").status for _ in statuses] == statuses


def test_a_rule_that_is_used_up_leaves_the_call_to_the_next(people: Path) -> None:
    rule = {"resource": "crm/contacts"}
    sent = faulty(people, {**rule, "status": 401, "times": 1}, {**rule, "status": 402})
    assert [sent("list").status for _ in range(2)] == [401, 402]


@pytest.mark.parametrize(("entry", "status"), [({}, 200), ({"drop": False}, 200), ({"status": 504}, 504)])
def test_a_fault_can_wait(people: Path, entry: dict[str, Any], status: int) -> None:
    sent = faulty(people, {"resource": "crm/contacts", "wait_s": 2.5, **entry})
    assert sent("list").status == status
    assert sent.waits == [2.5]


def test_a_fault_can_break_the_connection(people: Path) -> None:
    sent = faulty(people, {"resource": "crm/contacts", "drop": True, "wait_s": 1, "times": 1})
    with pytest.raises(ConnectionFailed):
        sent("list")
    assert sent.waits == [1]
    assert sent("list").status == 200


def test_a_fault_needs_no_records(tmp_path: Path) -> None:
    assert faulty(tmp_path, {"resource": "crm/contacts", "status": 503})("list").status == 503


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("faults.yaml", "- resource: crm/contacts\n  status: 503\n"),
        ("faults.yml", "faults:\n  - {resource: crm/contacts, status: 503}\n"),
        ("faults.json", '{"faults": [{"resource": "crm/contacts", "status": 503}]}'),
    ],
)
def test_faults_come_in_any_data_format(people: Path, name: str, content: str) -> None:
    write(people, name, content)
    assert Sent(people)("list").status == 503


@pytest.mark.parametrize("content", ["", "# - resource: crm/contacts\n", "faults:\n", "[]"])
def test_a_file_without_rules_does_nothing(people: Path, content: str) -> None:
    write(people, "faults.yaml", content)
    assert Sent(people)("list").status == 200


@pytest.mark.parametrize(
    ("entry", "said", "hint"),
    [
        ({"resource": "a", "staus": 500}, 'entry 1 has an unknown key "staus"', 'did you mean "status"?'),
        ({"status": 500}, "entry 1 names no resource", "resource: crm/contacts"),
        ("crm/contacts", "entry 1 is not an object", "resource: crm/contacts"),
        ({"resource": ""}, "resource has a wrong value", "crm/contacts"),
        ({"resource": "a", "status": "500"}, "status has a wrong value", "from 400 to 599"),
        ({"resource": "a", "status": 200}, "status has a wrong value", "from 400 to 599"),
        ({"resource": "a", "status": True}, "status has a wrong value", "from 400 to 599"),
        ({"resource": "a", "times": -1}, "times has a wrong value", "a number of calls"),
        ({"resource": "a", "after": True}, "after has a wrong value", "a number of calls"),
        ({"resource": "a", "wait_s": "2"}, "wait_s has a wrong value", "a number of seconds"),
        ({"resource": "a", "retry_after": -1}, "retry_after has a wrong value", "a number of seconds"),
        ({"resource": "a", "id": 1.5}, "id has a wrong value", "text or a whole number"),
        ({"resource": "a", "query": "x=1"}, "query has a wrong value", "a map of query keys"),
        ({"resource": "a", "insight": []}, "insight has a wrong value", "a map"),
        ({"resource": "a", "remote": "yes"}, "remote has a wrong value", "true or false"),
        ({"resource": "a", "drop": 1}, "drop has a wrong value", "true or false"),
    ],
)
def test_a_faulty_rule_is_named(tmp_path: Path, entry: object, said: str, hint: str) -> None:
    with pytest.raises(FixtureError, match=r"faults\.json") as caught:
        faulty(tmp_path, entry)
    assert said in str(caught.value)
    assert hint in (caught.value.hint or "")


def test_the_second_entry_is_the_one_named(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="entry 2 names no resource"):
        faulty(tmp_path, {"resource": "a"}, {})


@pytest.mark.parametrize("content", ["text", "{resource: crm/contacts}", "{faults: [], more: 1}"])
def test_a_faults_file_that_is_no_list_is_an_error(tmp_path: Path, content: str) -> None:
    write(tmp_path, "faults.yaml", content)
    with pytest.raises(FixtureError, match="holds no list of faults"):
        Sent(tmp_path)


def test_an_endless_wait_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "faults.json", '[{"resource": "a", "wait_s": 1e999}]')
    with pytest.raises(FixtureError, match="wait_s has a wrong value"):
        Sent(tmp_path)


def test_two_faults_files_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "faults.yaml", "[]")
    write(tmp_path, "faults.json", "[]")
    with pytest.raises(FixtureError, match=r"faults\.json and faults\.yaml"):
        Sent(tmp_path)


def test_answers_are_immediate_unless_a_fault_or_a_recording_may_have_others(people: Path) -> None:
    backend, call = FixtureBackend(people), Call("crm/contacts", "get", "1")
    found = backend.immediate(call)
    assert found is not None
    assert (found.status, found.body) == (200, PEOPLE[0])
    lost = backend.immediate(Call("crm/contacts", "get", "none"))
    assert lost is not None
    assert (lost.status, lost.answered_by) == (404, "fixtures")
    write(people, "faults.yaml", "faults: [{resource: crm/contacts, status: 429, times: 1}]")
    faulty = FixtureBackend(people)
    assert faulty.immediate(call) is None
    assert [asyncio.run(faulty.send(call)).status for _ in range(2)] == [429, 200]
