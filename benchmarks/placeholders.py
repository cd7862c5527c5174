"""Renders per second of a ten-field template with six placeholders: batchctl against the npm package, in one run.

    python benchmarks/placeholders.py FOLDER

FOLDER is where ``npm install @truto/replace-placeholders@1.0.11`` was run. Each side renders for two seconds,
three times; the medians are compared.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

from batchctl.template import compile_template

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


def ours() -> float:
    """Renders per second, compiled once."""
    template = compile_template(TEMPLATE)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(100):
            template.render(CONTEXT)
        count += 100
    return count / (time.perf_counter() - start)


def theirs(folder: str) -> float:
    """Renders per second of the npm package under Node."""
    argument = json.dumps([TEMPLATE, CONTEXT, SECONDS * 1000])
    command = ["node", "--input-type=module", "-e", NODE, argument]
    return float(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    mine = statistics.median(ours() for _ in range(3))
    other = statistics.median(theirs(sys.argv[1]) for _ in range(3))
    print(f"batchctl {mine:,.0f}/s, npm package {other:,.0f}/s, ratio {mine / other:.1f}")
