"""Rendering: batchctl's templates beside the npm package, a template of ten fields with six placeholders.

The npm package is looked for in the folder that BENCHMARK_NPM names, where
``npm install @truto/replace-placeholders@1.0.11`` was run.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.template import compile_template
from benchmarks.frame import Aim, Row, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

TEMPLATE = {
    "id": "{{args.id}}",
    "limit": "{{args.limit:int}}",
    "email": "{{args.user.email}}",
    "name": "Dear {{args.user.first_name}} {{args.user.last_name}}",
    "team": "{{args.team?:sales}}",
    "a": "constant",
    "b": 1,
    "c": True,
    "d": None,
    "e": {"f": ["x", "y"]},
}
USER = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}
CONTEXT = {"args": {"id": "42", "limit": "10", "user": USER}, "resources": {}}
SECONDS = 2.0
NODE = """
const { default: render } = await import('@truto/replace-placeholders')
const [template, context, ms] = JSON.parse(process.argv[1])
for (let i = 0; i < 2000; i += 1) render(template, context)
let count = 0
const start = performance.now()
while (performance.now() - start < ms) { for (let i = 0; i < 100; i += 1) render(template, context); count += 100 }
console.log(count / (performance.now() - start) * 1000)
"""


def ours() -> dict[str, float]:
    """Renders per second, compiled once."""
    template = compile_template(TEMPLATE)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(100):
            template.render(CONTEXT)
        count += 100
    return {"renders_per_s": count / (time.perf_counter() - start)}


def theirs(folder: str) -> dict[str, float]:
    """Renders per second of the npm package under Node."""
    argument = json.dumps([TEMPLATE, CONTEXT, SECONDS * 1000])
    command = ["node", "--input-type=module", "-e", NODE, argument]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return {"renders_per_s": float(done.stdout)}


@contextmanager
def opened() -> Iterator[Contenders]:
    """Both sides."""
    folder = os.environ.get("BENCHMARK_NPM", "")
    if not (Path(folder) / "node_modules/@truto/replace-placeholders").is_dir():
        raise Unavailable("BENCHMARK_NPM names no folder with @truto/replace-placeholders")
    yield {"batchctl": ours, "npm": lambda: theirs(folder)}


ROWS = [
    Row(
        "placeholders",
        "a template of ten fields, compiled once",
        opened,
        (Aim("renders_per_s", "batchctl", "npm", at_least=1.0),),
        rounds=3,
    )
]
