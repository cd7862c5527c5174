"""What takes text from outside, each target as a function that tries one input made from a seed.

Whatever comes, it ends in a result or in a ``BatchctlError``; anything else is a fault.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from attacks.mutations import TOKENS, json_bytes, mutated, odd_json
from batchctl.config.env_file import parse_env_file
from batchctl.config.profiles import Profiles
from batchctl.config.settings import SettingsFinder
from batchctl.definition import read
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.executor import execute
from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.response_text import run_json
from batchctl.errors import BatchctlError
from batchctl.expression import evaluate
from batchctl.launch.row_sources import RowSource
from batchctl.plan.comparison import compare
from batchctl.plan.flat_requests import live_side, saved_side
from batchctl.plan.preview import make_preview
from batchctl.plan.remarks import RemarkLog
from batchctl.preparation import examine, prepare
from batchctl.redaction import Redactor
from batchctl.render.diagnostics.reporting import FileReport
from batchctl.render.diagnostics.text import text_report
from batchctl.render.preview.data import resource_data, shown
from batchctl.render.preview.text import Document, preview_json
from batchctl.render.report.html import report_html
from batchctl.render.report.json import Report, report_json
from batchctl.render.report.junit import report_junit
from batchctl.render.result.csv import run_csv
from batchctl.render.result.data import run_ndjson
from batchctl.render.result.tree import RunView, run_tree
from batchctl.render.result.yaml import run_yaml
from batchctl.service.answer import read_answer
from batchctl.service.kept import Kept
from batchctl.service.reading import read_batch
from batchctl.store.facts import RunInfo
from batchctl.store.runs import RunStore
from batchctl.template import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from batchctl.json_types import JsonObject
    from batchctl.plan.flat_requests import Side
    from batchctl.plan.planner import Plan

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
REDACTOR = Redactor(["canary-canary"])
DEFINITIONS = tuple(path.read_text("utf-8") for path in sorted(SAMPLES.rglob("*.yaml")) if "fixtures" not in path.parts)
EXPRESSIONS = (
    "$map(resources.contacts, function($c) { {'id': $c.id, 'n': $uppercase($c.name)} })",
    "resources.tickets[status='open']^(>created_at).{'t': title, 'd': $dtFromIso(created_at)}",
    "$reduce(args.user_ids, function($a, $b) { $a & ',' & $b }, '')",
    "$merge([{'a': 1}, args]) ~> |$|{'b': 2}|",
    "$groupBy(resources.contacts, 'type')",
)
TEMPLATES = (
    "{{args.user.id}}",
    "a {{args.list:join}} {{args.n:int}} b",
    '{{args.missing?:"x"}}',
    "{{args.a.0.b}}{{args.c:bool}}",
)
CONTEXT: JsonObject = {
    "args": {"user": {"id": "u1"}, "list": [1, "a"], "n": "7", "a": [{"b": None}], "user_ids": ["u1", "u2"], "c": "no"},
    "resources": {
        "contacts": [{"id": 1, "name": "Ann", "type": "a"}],
        "tickets": [{"status": "open", "created_at": "2024-01-01"}],
    },
}
ANSWER: JsonObject = {
    "result": {"contacts": [{"id": 1, "name": "Ann"}], "notes": [], "owner": {"id": 2}},
    "errors": {"notes": [{"statusCode": 403, "error": "Forbidden", "message": "no", "truto_is_remote_error": True,
                          "raw_response": {"a": 1},
                          "truto_error_insight": {"forbidden_error": {"value": {"missing_scopes": ["a"]}}},
                          "headers": {"retry-after": "5"}, "call": {"method": "GET", "path": "/x"}, "for": {"a": 1}}],
               "made": [{"statusCode": 0, "skipped_because": ["notes"]}]},
}  # fmt: skip
RECORDS: list[JsonObject] = [
    {"id": "1", "name": "Ann", "tags": ["a"], "owner": {"id": 1}},
    {"id": "2", "name": "Bo", "n": 1.5},
]
FAULTS = [
    {
        "resource": "crm/contacts",
        "status": 429,
        "after": 1,
        "times": 1,
        "message": "slow",
        "headers": {"retry-after": "0"},
    }
]
BATCH = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {name: Ann}}
  - {name: notes, resource: notes, method: list, persist: true, depends_on: contacts,
     query: {of: "{{resources.crm.contacts.id}}"}}
"""
ENV = "A=1\nexport B='two'\nC=\"a\\nb\" # c\n\n# comment\nD=${A:-x}\n"
SETTINGS = """\
select = ["yaml-syntax"]
ignore = []
include = ["*.yaml"]
[severity]
rate-limit = "error"
[per-file-ignores]
"a*" = ["rate-limit"]
"""
PROFILES = 'active = "a"\n[profiles.a]\ntoken = "t"\napi_url = "https://api.example.com"\naccount = "x"\n'
ROWS = (
    "account,user_id,n:=\nacc-1,u1,1\nacc-2,,2\n",
    '{"user_id": "u1"}\n{"user_id": null, "account": "b"}\n',
    "- {user_id: u1}\n- {a.b: 2}\n",
)


@dataclass
class Targets:
    """All of them; ``folder`` is theirs to write in."""

    folder: Path

    @property
    def all(self) -> dict[str, Callable[[Random], None]]:
        """By name."""
        return {
            "loader": self.loader, "template": self.template, "expression": self.expression, "fixtures": self.fixtures,
            "answers": self.answers, "rows": self.rows, "env": self.env, "config": self.config, "stores": self.stores,
            "saved JSON": self.saved_json,
        }  # fmt: skip

    def loader(self, random: Random) -> None:
        """A definition: read, checked, shown, planned, previewed."""
        data = mutated(random.choice(DEFINITIONS), random, DEFINITIONS)
        loaded = read(data, file="a.yaml", environment={"A": "1"})
        report = FileReport(loaded.source, "a.yaml", examine(loaded).diagnostics)
        text_report([report], color=False, max_problems=0, redactor=REDACTOR)
        prepared = prepare(data, file="a.yaml", environment={}, args={"user_ids": ["u1"]})
        if prepared.plan is not None:
            for resource in make_preview(prepared.plan).resources:
                list(islice(resource.requests(), 20))

    def template(self, random: Random) -> None:
        """A placeholder over odd values."""
        text = mutated(random.choice(TEMPLATES), random, TEMPLATES).decode("utf-8", "replace")
        render({"a": [text, {text: text}]}, odd_json(CONTEXT, random))

    def expression(self, random: Random) -> None:
        """JSONata over odd values."""
        text = mutated(random.choice(EXPRESSIONS), random, EXPRESSIONS).decode("utf-8", "replace")
        evaluate(text, odd_json(CONTEXT, random))

    def fixtures(self, random: Random) -> None:
        """A folder of records and faults, read by a run."""
        folder = self._fresh()
        self._records(folder / "unified" / "crm", "contacts", random)
        self._records(folder / "proxy", "notes", random)
        if random.random() < 0.5:
            (folder / "faults.yaml").write_bytes(json_bytes(odd_json(FAULTS, random), random))
        plan = prepare(BATCH.encode(), file="b.yaml").require_plan()
        result = asyncio.run(execute(plan, FixtureBackend(folder, sleep=_no_wait)))
        "".join(run_json(result))

    def answers(self, random: Random) -> None:
        """The body of a batch response, as text and as values, in every view."""
        text = json_bytes(odd_json(ANSWER, random), random).decode("utf-8", "surrogatepass")
        if random.random() < 0.5:
            text = mutated(text, random, [text]).decode("utf-8", "replace")
        with tempfile.TemporaryFile() as file:
            kept = Kept(file, REDACTOR)
            kept.write(text.encode("utf-8", "replace"))
            body = read_batch(kept.reader()).body
        if body is None:
            return
        plan = self._plan
        result = read_answer(body, plan.steps, elapsed_s=1.0)
        list(
            run_tree(result, plan, RunView("t", "w", redact=REDACTOR.text, verbose=True)).lines(
                random.choice((20, 80, 200))
            )
        )
        report = Report(result, plan, Timeline(), "w", "f")
        for pieces in (run_ndjson(result), run_yaml(result), run_csv(result), report_junit(report, REDACTOR)):
            "".join(pieces)
        for line in (
            *"".join(run_ndjson(result)).split("\n")[:-1],
            "".join(run_json(result)),
            "".join(report_json(report, REDACTOR)),
        ):
            json.loads(line, parse_constant=_no_constant)
        "".join(report_html(report, REDACTOR))

    def rows(self, random: Random) -> None:
        """A file of ``--each``."""
        kind = random.randrange(3)
        path = self._fresh() / ("rows.csv", "rows.ndjson", "rows.yaml")[kind]
        path.write_bytes(mutated(ROWS[kind], random, ROWS))
        list(RowSource(str(path)).read())

    def env(self, random: Random) -> None:
        """An env file."""
        parse_env_file(mutated(ENV, random, [ENV]), ".env")

    def config(self, random: Random) -> None:
        """Settings, profiles, and the profiles of Truto's own command line."""
        folder = self._fresh()
        (folder / "batchctl.toml").write_bytes(mutated(SETTINGS, random, [SETTINGS]))
        (folder / "config.toml").write_bytes(mutated(PROFILES, random, [PROFILES]))
        (folder / ".truto").mkdir()
        theirs = {"active": "a", "profiles": {"a": {"token": "t", "api_url": "x", "apiUrl": "x"}}}
        (folder / ".truto" / "config.json").write_bytes(json_bytes(odd_json(theirs, random), random))
        _expected(lambda: SettingsFinder().find(folder))
        profiles = Profiles(folder / "config.toml", folder)
        _expected(lambda: profiles.find("a"))
        profiles.find()

    def stores(self, random: Random) -> None:
        """A folder of runs in which files are damaged."""
        folder = self._fresh() / "state"
        shutil.copytree(self._store, folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and random.random() < 0.6:
                data = bytearray(path.read_bytes())
                for _ in range(random.randint(1, 40)):
                    if data:
                        data[random.randrange(len(data))] = random.randrange(256)
                path.write_bytes(bytes(data[: random.randint(0, len(data))] if random.random() < 0.2 else data))
        store = RunStore(folder)
        for facts in store.list():
            _expected(lambda facts=facts: store.get(facts.id))  # type: ignore[misc]  # called at once
            _expected(lambda facts=facts: store.reopen(facts.id).close())  # type: ignore[misc]  # as above

    def saved_json(self, random: Random) -> None:
        """What ``--against`` reads."""
        saved = odd_json(json.loads(json.dumps(self._saved)), random)
        if not isinstance(saved, dict):
            return
        try:
            side = saved_side(saved)
        except ValueError:
            return
        compare(side, self._here)

    @cached_property
    def _plan(self) -> Plan:
        return prepare(BATCH.encode(), file="b.yaml").require_plan()

    @cached_property
    def _store(self) -> Path:
        """A folder with two runs, one of them finished."""
        folder = Path(tempfile.mkdtemp(dir=self.folder, prefix="kept"))
        store = RunStore(folder)
        for number in range(2):
            run = store.begin(RunInfo("direct", "a.yaml", {"resources": []}, "example.com", {"text": BATCH}, "key"))
            run.record_call(b"name", number, "contacts", 200, '{"result": []}')
            if number:
                run.save_response([json.dumps(ANSWER).encode()])
                run.finish("succeeded", {"records": 1, "failed": ["a"]})
            run.close()
        return folder

    @cached_property
    def _here(self) -> Side:
        preview = make_preview(self._plan)
        view = shown(preview.plan, api_url="https://api.example.com", redactor=REDACTOR)
        return live_side(preview, view, lambda resource: resource_data(resource, view))

    @cached_property
    def _saved(self) -> JsonObject:
        prepared, preview = prepare(BATCH.encode(), file="b"), make_preview(self._plan)
        view = shown(preview.plan, api_url="https://api.example.com", redactor=REDACTOR)
        document = Document(preview, view, RemarkLog(prepared.source, prepared.loaded.hides), file="b", known=())
        saved = json.loads("".join(preview_json(document)))
        assert isinstance(saved, dict)
        return saved

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))

    @staticmethod
    def _records(folder: Path, name: str, random: Random) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        kind = random.choice(("json", "ndjson", "csv", "yaml"))
        if kind == "csv":
            data = mutated('id,name,owner.id\n1,Ann,2\n\'=1,"B\no",\n', random, ["a"])
        elif kind == "ndjson":
            data = b"\n".join(json_bytes(odd_json(record, random), random) for record in RECORDS)
        else:
            data = json_bytes(odd_json(RECORDS, random), random)
        if random.random() < 0.3:
            data = mutated(data.decode("utf-8", "replace"), random, TOKENS)
        (folder / f"{name}.{kind}").write_bytes(data)


def _expected(attempt: Callable[[], object]) -> None:
    """What may fail with an error of our own, without which the rest is still to be tried."""
    with suppress(BatchctlError):
        attempt()


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} in JSON")


async def _no_wait(_seconds: float) -> None:
    pass
