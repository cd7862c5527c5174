"""How far samples reach: what is known is the engine's, what is not stands with its placeholders."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from batchctl.engine.backends.samples import RecordSamples, RunSamples, SampleBackend
from batchctl.engine.rehearsal import Rehearsal, rehearse
from batchctl.plan.preview import PreviewedResource
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"


def rehearsed(resources: list[dict[str, Any]], *places: RecordSamples | RunSamples) -> Rehearsal:
    text = json.dumps({"integrated_account_id": ACCOUNT, "resources": resources})
    return asyncio.run(rehearse(prepare(text).require_plan(), SampleBackend(places)))


def found(rehearsal: Rehearsal, key: str) -> PreviewedResource:
    return next(each for each in rehearsal.preview.resources if each.step.node.key == key)


def queries(rehearsal: Rehearsal, key: str) -> list[Any]:
    return [request.call.query for request in found(rehearsal, key).requests()]


TOP = {"name": "top", "resource": "m/top", "method": "list"}
KID = {
    "name": "kid",
    "resource": "m/kid",
    "method": "list",
    "depends_on": "top",
    "query": {"up": "{{resources.m.top.id}}"},
}
SUM = {
    "name": "sum",
    "type": "transform",
    "depends_on": "all",
    "config": {"expression": '{"n": $count(resources.m.kid)}'},
}
ALL = {"name": "all", "type": "spool", "depends_on": "kid"}
END = {"name": "end", "resource": "m/end", "method": "list", "depends_on": "sum", "query": {"n": "{{resources.sum.n}}"}}


def test_all_the_way_through_spool_and_transform() -> None:
    kids: list[JsonValue] = [{"id": "k1", "up": "a"}, {"id": "k2", "up": "a"}]
    done = rehearsed([TOP, KID, ALL, SUM, END], RecordSamples({"top": [{"id": "a"}, {"id": "b"}], "kid": kids}))
    assert queries(done, "kid") == [{"up": "a"}, {"up": "b"}]
    # The spool closes once per record of "top", the node that "kid" fans out over.
    assert queries(done, "end") == [{"n": "2"}, {"n": "0"}]
    assert (found(done, "end").known, found(done, "end").more) == (2, False)
    requests = list(found(done, "kid").requests())
    assert [request.bindings for request in requests] == [{"top": "a"}, {"top": "b"}]
    assert requests[0].trace[0][1].raw == "a"


def test_a_transform_of_records_that_nobody_knows_is_not_believed() -> None:
    done = rehearsed([TOP, KID, ALL, SUM, END], RecordSamples({"top": [{"id": "a"}]}))
    assert queries(done, "kid") == [{"up": "a"}]
    assert queries(done, "end") == [{"n": "{{resources.sum.n}}"}]
    assert (found(done, "end").known, found(done, "end").more) == (0, True)


def test_a_get_that_the_samples_do_not_hold_leaves_the_rest_open() -> None:
    get = {"name": "top", "resource": "m/top", "method": "get", "id": "{{resources.m.ids.id}}", "depends_on": "ids"}
    ids = {"name": "ids", "resource": "m/ids", "method": "list"}
    samples = RecordSamples({"ids": [{"id": "a"}, {"id": "b"}], "top": [{"id": "b"}]})
    done = rehearsed([ids, get, KID], samples)
    assert [request.call.path for request in found(done, "top").requests()] == ["/unified/m/top/a", "/unified/m/top/b"]
    assert queries(done, "kid") == [{"up": "b"}, {"up": "{{resources.m.top.id}}"}]
    assert (found(done, "kid").known, found(done, "kid").more) == (1, True)


def test_recursion_goes_as_deep_as_the_records() -> None:
    tree = {
        "name": "tree",
        "resource": "blocks",
        "method": "list",
        "query": {"up": "root"},
        "recurse": {
            "if": "{{resources.blocks.more:bool}}",
            "config": {"query": {"up": "{{resources.blocks.id}}"}},
        },
    }
    records: list[JsonValue] = [{"id": "1", "up": "root", "more": True}, {"id": "2", "up": "1", "more": True}]
    done = rehearsed([tree], RecordSamples({"tree": records}))
    assert queries(done, "tree") == [{"up": "root"}, {"up": "1"}, {"up": "2"}]
    assert not found(done, "tree").more
    assert list(found(done, "tree").requests())[1].trace[0][1].raw == "1"


def test_a_record_of_an_earlier_run_is_handed_out_once() -> None:
    done = rehearsed([TOP, KID, END | {"depends_on": "kid", "query": {"n": "{{resources.m.kid.id}}"}}],
        RunSamples({"top": [{"id": "a"}, {"id": "b"}], "kid": [{"id": "k1"}, {"id": "k2"}]}),
    )  # fmt: skip
    # Nothing says whose kids they are: they are there once, not once per parent.
    assert queries(done, "end") == [{"n": "k1"}, {"n": "k2"}]


def test_what_failed_in_an_earlier_run_leaves_the_rest_open() -> None:
    done = rehearsed([TOP, KID], RunSamples({"top": [{"id": "a"}]}, failed=["top"]))
    assert queries(done, "kid") == [{"up": "a"}, {"up": "{{resources.m.top.id}}"}]
    assert found(done, "kid").more


def test_writes_stop_and_what_only_waits_for_them_goes_on() -> None:
    write = {"name": "made", "resource": "m/made", "method": "create", "body": {"a": 1}, "depends_on": "top"}
    waits = {"name": "later", "resource": "m/later", "method": "list", "depends_on": "made"}
    reads = {
        "name": "reads",
        "resource": "m/r",
        "method": "list",
        "depends_on": "made",
        "query": {"id": "{{resources.m.made.id}}"},
    }
    done = rehearsed([TOP, write, waits, reads], RecordSamples({"top": [{"id": "a"}]}))
    assert (found(done, "made").known, found(done, "later").known) == (1, 1)
    assert queries(done, "reads") == [{"id": "{{resources.m.made.id}}"}]


def test_what_would_fail_is_told() -> None:
    wrong = TOP | {"name": "wrong", "resource": "m/w", "depends_on": "top", "query": "$error('no')"}
    done = rehearsed([TOP, wrong], RecordSamples({"top": []}))
    assert list(done.failures) == ["wrong"]
