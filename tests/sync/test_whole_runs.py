"""Whole runs of jobs with every kind of node: a first run, and a second one after it, are beside the jobs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import batchctl

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parents[1] / "golden" / "sync_runs"
JOBS = sorted(FOLDER.glob("*.sync.yaml"))
# What is another one in each run.
_OWN = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"v=[0-9a-f]{64}"), "v=SIGNATURE"),
    (re.compile(r"20(?:2[5-9]|[3-9]\d)-\d\d-\d\dT[\d:.]+Z"), "NOW"),
)


def run(job: Path, folder: Path) -> dict[str, object]:
    done = batchctl.run_sync(
        job,
        to=f"dir:{folder}/out",
        webhook_secret="shared",
        environment={"BATCHCTL_STATE_DIR": str(folder / "own")},
        fixtures=FOLDER / "fixtures",
        options=batchctl.RunOptions(concurrency=1),
    )
    assert done.ok, done.json()
    written = {
        path.relative_to(folder / "out").as_posix(): _without_own(path.read_text("utf-8"))
        for path in sorted((folder / "out").rglob("*"))
        if path.is_file()
    }
    answer = json.loads(_without_own(json.dumps(done.json())))
    return {"answer": answer, "written": _by_place(written)}


def _by_place(written: dict[str, str]) -> dict[str, list[object]]:
    """What was written by its place; of numbered posts and documents all together, in whatever order they came."""
    found: dict[str, list[object]] = {}
    for name, text in written.items():
        place = re.sub(r"/\d{5}\.json$", "/*.json", name)
        found.setdefault(place, []).append(_lines(text))
    return {place: sorted(each, key=json.dumps) for place, each in found.items()}


def _without_own(text: str) -> str:
    for pattern, name in _OWN:
        text = pattern.sub(name, text)
    return text


def _lines(text: str) -> object:
    """As JSON, to be read by people; each line of it where there are several."""
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name.removesuffix(".sync.yaml"))
def test_a_first_run_and_a_second_one(job: Path, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    first = run(job, tmp_path)
    runs = {"first": first, "second": run(job, tmp_path)["answer"]}
    golden(
        job.with_name(job.name.replace(".sync.yaml", ".runs.json")),
        json.dumps(runs, indent=1, ensure_ascii=False) + "\n",
    )
