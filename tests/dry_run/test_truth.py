"""What a dry run shows is what is sent: the same requests, byte for byte, as the service receives from a run.

Both read the same records: the dry run as samples, the service as its fixtures.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_service import TOKEN, Service, served
from typer.testing import CliRunner

from batchctl.cli.app import app
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.backends.http import HttpBackend
from batchctl.engine.backends.samples import FixtureSamples, SampleBackend
from batchctl.engine.executor import execute
from batchctl.engine.rehearsal import rehearse
from batchctl.plan.remarks import no_address
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.preview.data import request_data, shown
from batchctl.truto.connection import Connection

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.yaml"))
API = "https://api.test"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"


async def sent(plan: Plan, fixtures: Path) -> Counter[tuple[str, str, str]]:
    """What the service received from a run, without the further pages of a list, which nobody can know before."""
    with served(FixtureBackend(fixtures, sleep=_no_wait)) as service:
        backend = HttpBackend(Connection(service.url, TOKEN), ACCOUNT)
        await execute(plan, backend)
        await backend.aclose()
    return Counter(
        (one.method, one.target, one.body.decode()) for one in service.received if "next_cursor=" not in one.target
    )


async def _no_wait(_seconds: float) -> None:
    """Faults that wait are not what is tested here."""


async def told(plan: Plan, fixtures: Path) -> tuple[Counter[tuple[str, str, str]], int]:
    """What the dry run shows, and how many of its requests have parts that only a run can tell."""
    preview = (await rehearse(plan, SampleBackend([FixtureSamples(fixtures)]))).preview
    view = shown(preview.plan, api_url=API, redactor=Redactor())
    found: Counter[tuple[str, str, str]] = Counter()
    unknown = 0
    for resource in preview.resources:
        for request in resource.requests():
            data = request_data(resource, request, view)
            unknown += bool(request.unresolved or request.expressions)
            if not (request.unresolved or request.expressions or no_address(request.call)):
                body = "" if data["body"] is None else json.dumps(data["body"])
                found[str(data["method"]), str(data["url"]).removeprefix(API), body] += 1
    return found, unknown


async def both(plan: Plan, fixtures: Path) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]], int]:
    shown_requests, unknown = await told(plan, fixtures)
    return shown_requests, await sent(plan, fixtures), unknown


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_samples(sample: Path) -> None:
    plan = prepare(sample.read_bytes()).require_plan()
    shown_requests, received, unknown = asyncio.run(both(plan, ROOT / "samples" / "fixtures"))
    if unknown:
        # Behind a write nothing is known; all that is known was sent.
        assert plan.writes
        assert not shown_requests - received
    else:
        assert shown_requests == received


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_commands_themselves(sample: Path, service: Service, tmp_path: Path) -> None:
    """``dry-run --fixtures`` against ``run --direct`` on a service with these fixtures, over a real port."""
    options = ["--fixtures", str(ROOT / "samples" / "fixtures"), "--format", "ndjson", "--api-url", service.url, "-q"]
    preview = CliRunner().invoke(app, ["dry-run", str(sample), *options])
    lines = [json.loads(line) for line in preview.stdout.splitlines()]
    told_urls = Counter(
        (line["method"], line["url"], "" if line["body"] is None else json.dumps(line["body"]))
        for line in lines
        if not line["unresolved"]
    )
    environment = {"BATCHCTL_STATE_DIR": str(tmp_path), "TRUTO_API_TOKEN": TOKEN}
    way = ["--direct", "--api-url", service.url, "-q", "-o", "json", "--retries", "0"]
    CliRunner().invoke(app, ["run", str(sample), *way], env=environment)
    received = Counter(
        (one.method, service.url + one.target, one.body.decode())
        for one in service.received
        if "next_cursor=" not in one.target
    )
    assert received
    assert not told_urls - received
    assert sum((received - told_urls).values()) == sum(bool(line["unresolved"]) for line in lines)


TEXT = st.text("aZ9 /?#&=%+[]{}$'\"\\~.-_é😀\u2028", max_size=6)
SCALAR = st.one_of(TEXT, st.integers(-(10**15), 10**15), st.booleans(), st.none(), st.floats(-1e6, 1e6, width=32))
# Every resource has its own ids; those of its parent are in ``up``.
IDS = st.lists(st.text("abc/ é?", min_size=1, max_size=4).filter(lambda one: one.strip(".")), unique=True, max_size=4)


@st.composite
def batches(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """A definition and the records of its resources, by file."""
    args = {"xs": draw(st.lists(SCALAR, max_size=3)), "one": draw(SCALAR), "deep": {"er": draw(TEXT)}}
    tops = [{"id": one, "name": draw(TEXT), "extra": draw(SCALAR)} for one in draw(IDS)]
    kids = [
        {"id": f"{top['id']}-{number}", "up": top["id"], "tag": draw(SCALAR), "more": draw(st.booleans())}
        for top in tops
        for number in range(draw(st.integers(0, 2)))
    ]
    resources: list[dict[str, Any]] = [
        {"name": "top", "resource": "m/top", "method": "list", "query": draw(queries(args))},
        {
            "name": "kid",
            "resource": draw(st.sampled_from(["m/kid", "kid"])),
            "method": "list",
            "depends_on": "top",
            "query": {
                "up": "{{resources.m.top.id}}",
                "q": {"n": "{{resources.m.top.name}}", "e": ["{{args.one:any}}"]},
            },
        },
    ]
    kid = "resources." + resources[1]["resource"].replace("/", ".")
    if draw(st.booleans()):
        resources[1]["loop_on"] = "xs"
        resources[1]["query"]["x"] = "{{args.xs}}"
    if draw(st.booleans()):
        resources[1]["recurse"] = {
            "if": f"{{{{{kid}.more:bool}}}}",
            "config": {"query": {"up": f"{{{{{kid}.id}}}}", "again": "yes"}},
        }
    resources.append(
        {"name": "get", "resource": "m/top", "method": "get", "id": "{{args.one?:none}}", "depends_on": "kid"}
    )
    resources.append(
        {
            "name": "made",
            "resource": "m/made",
            "method": "create",
            "depends_on": ["kid", "top"],
            "body": {"a": f"{{{{{kid}.tag:any}}}}", "b": "{{resources.m.top.extra}} & {{args.deep.er}}", "c": 1},
        }
    )
    resources.append({"name": "all", "type": "spool", "depends_on": "kid"})
    names = "kid" if "/" not in resources[1]["resource"] else "m"
    path = f"resources.{names}" + ("" if names == "kid" else ".kid")
    resources.append(
        {
            "name": "sum",
            "type": "transform",
            "depends_on": "all",
            "config": {"expression": f'{{"count": $count({path}), "ids": $join({path}.id, ",")}}'},
        }
    )
    resources.append(
        {
            "name": "report",
            "resource": "m/top",
            "method": "list",
            "depends_on": "sum",
            "query": {"count": "{{resources.sum.count}}", "ids": "{{resources.sum.ids}}"},
        }
    )
    kid_file = f"unified/{resources[1]['resource']}" if "/" in resources[1]["resource"] else "proxy/kid"
    return (
        {"integrated_account_id": ACCOUNT, "args": args, "resources": resources},
        {"unified/m/top": tops, kid_file: kids, "unified/m/made": []},
    )


def queries(args: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    value = st.one_of(
        SCALAR.filter(lambda one: not isinstance(one, str) or "{{" not in one),
        st.sampled_from(["{{args.one}}", "{{args.deep.er}}-x", "{{args.none?:fallback}}", "{{args.none:undefined}}"]),
        st.just("{{args.xs:json}}"),
    )
    del args
    return st.dictionaries(st.text("qrs_é .", min_size=1, max_size=4).map(lambda name: f"k{name}"), value, max_size=3)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(batches())
def test_generated(
    tmp_path_factory: pytest.TempPathFactory, batch: tuple[dict[str, Any], dict[str, list[Any]]]
) -> None:
    definition, records = batch
    folder = tmp_path_factory.mktemp("fixtures")
    for name, items in records.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(items), encoding="utf-8")
    plan = prepare(json.dumps(definition)).require_plan()
    shown_requests, received, unknown = asyncio.run(both(plan, folder))
    assert not unknown
    assert shown_requests == received
