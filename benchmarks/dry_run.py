"""Expanded requests to ndjson, beside building and dumping the same dictionaries by hand."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.plan.preview import make_preview
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.preview.data import shown
from batchctl.render.preview.ndjson import preview_ndjson
from benchmarks.frame import Aim, Growth, Row, as_process, batchctl, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders, Figures

REQUESTS = 100_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
API = "https://api.truto.one"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
DEFINITION = f"""
integrated_account_id: {ACCOUNT}
args: {{region: eu}}
resources:
  - name: users
    resource: ticketing/users
    method: get
    id: "{{{{args.ids}}}}"
    loop_on: args.ids
    query: {{fields: "id,name", region: "{{{{args.region}}}}"}}
"""


def by_hand(ids: list[str], region: str) -> Iterator[str]:
    """What a script would do that knows the batch."""
    for one in ids:
        path = f"/unified/ticketing/users/{quote(one, safe='')}"
        url = f"{API}{path}?integrated_account_id={ACCOUNT}&fields={quote('id,name', safe='')}&region={quote(region)}"
        query = {"fields": "id,name", "region": region}
        request: dict[str, object]
        request = {"resource": "users", "method": "GET", "path": path, "url": url, "query": query, "body": None}
        request["unresolved"] = []
        request["bindings"] = {"args.ids": one}
        yield json.dumps(request) + "\n"


def by_batchctl(ids: list[str], region: str) -> Iterator[str]:
    """From the prepared plan."""
    plan = prepare(DEFINITION, args={"ids": list(ids), "region": region}).require_plan()
    preview = make_preview(plan)
    return preview_ndjson(preview, shown(preview.plan, api_url=API, redactor=Redactor()))


def written(lines: Iterator[str]) -> Figures:
    """What writing all lines to a file takes."""

    def work() -> None:
        with Path(os.devnull).open("w", encoding="utf-8") as file:
            file.writelines(lines)

    return in_process(work)


@contextmanager
def opened() -> Iterator[Contenders]:
    """In one process, after all imports."""
    ids = [f"u-{number}" for number in range(REQUESTS)]
    if "".join(by_batchctl(ids[:50], "eu")) != "".join(by_hand(ids[:50], "eu")):
        raise SystemExit("the two sides write different lines")
    yield {
        "batchctl": lambda: written(by_batchctl(ids, "eu")),
        "by hand": lambda: written(by_hand(ids, "eu")),
    }


@contextmanager
def opened_processes() -> Iterator[Contenders]:
    """The whole command by the number of requests, and an interpreter that does nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "batch.yaml").write_text(DEFINITION, encoding="utf-8")

        def command(count: int) -> Figures:
            arguments = folder / f"{count}.json"
            if not arguments.exists():
                ids = [f"u-{number}" for number in range(count)]
                arguments.write_text(json.dumps({"ids": ids}), encoding="utf-8")
            options = ["--args-file", str(arguments), "--format", "ndjson", "-q"]
            return as_process(batchctl("dry-run", str(folder / "batch.yaml"), *options))

        yield {
            "nothing": lambda: as_process([sys.executable, "-c", "print()"]),
            **{f"{count:,}": lambda count=count: command(count) for count in SIZES},  # type: ignore[misc]  # lambdas have no types
        }


ROWS = [
    Row(
        "dry-run",
        f"{REQUESTS:,} requests to ndjson in one process",
        opened,
        (Aim("cpu_s", "batchctl", "by hand", at_most=1.5),),
    ),
    Row(
        "dry-run-growth",
        "the whole command by the number of requests",
        opened_processes,
        (
            Aim("first_s", f"{SIZES[-1]:,}", at_most=0.3),
            Aim("peak_mib", f"{SIZES[-1]:,}", f"{SIZES[0]:,}", at_most=1.2),
            Growth("cpu_s", {f"{count:,}": count for count in SIZES[1:]}),
        ),
        rounds=1,
    ),
]
