"""How long ``batchctl validate`` takes, beside check-jsonschema with the same schema.

    pip install check-jsonschema==0.39.0
    python benchmarks/validate.py [RUNS]

Whole processes, one after the other in turns, medians of RUNS (7) after a run that does not count. Below the
comparison: how batchctl's time grows with resources and with errors, which should be in proportion.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
RESOURCES = ("crm/contacts", "crm/companies", "ats/candidates", "hris/employees", "ticketing/tickets", "drive-items")
BATCHCTL = [sys.executable, "-m", "batchctl"]
CHECKER = [str(Path(sys.executable).with_name("check-jsonschema")), "--schemafile"]
HEAD = """\
integrated_account_id: 0b3c2c1e-7d1f-4a0e-9a55-1f6b2f1c0001
args:
  since: "2024-01-31"
  user_ids: [u1, u2, u3]
resources:
"""


def definition(count: int, *, broken: int = 0) -> str:
    """A valid file with ``count`` resources, of which the first ``broken`` have a misspelled key."""
    pieces = [HEAD]
    for number in range(count):
        text = _resource(number)
        pieces.append(text.replace("persist:", "persits:") if number < broken else text)
    return "".join(pieces)


def _resource(number: int) -> str:
    name, before, kind = f"r{number:05d}", f"r{number - 1:05d}", number % 5
    lines = [f"- name: {name}"]
    if kind == 4:
        lines += ["  type: transform", f"  depends_on: [{before}]", "  config:", "    expression: |"]
        lines += ["      $map(resources, function($r) {"]
        lines += ['        { "id": $r.id, "name": $r.first_name & \' \' & $r.last_name }', "      })"]
        return "".join(f"  {line}\n" for line in [*lines, "  persist: true"])
    lines += [f"  resource: {RESOURCES[number % len(RESOURCES)]}", f"  method: {'list' if kind else 'get'}"]
    if kind == 0:
        lines += ['  id: "{{args.user_ids}}"', "  loop_on: args.user_ids"]
    elif kind == 1:
        lines += [f"  depends_on: [{before}]"]
    elif kind == 2:
        lines += ["  depends_on:", f"    - {before}", f"    - r{number - 2:05d}"]
    lines += ["  query:", f"    limit: {10 + number * 7 % 190}", '    updated_at: { gt: "{{args.since}}" }']
    lines += ["  persist: true"]
    return "".join(f"  {line}\n" for line in lines)


def seconds(command: list[str], expected: int) -> float:
    """The time that a command takes. Raises ``SystemExit`` when it ends otherwise than expected."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode != expected:
        sys.exit(f"{' '.join(command)[:200]} ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return took


def compare(title: str, files: list[str], schema: str, runs: int) -> None:
    """Print the medians of both, and their ratio."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(runs + 1):
        ours.append(seconds([*BATCHCTL, "validate", *files], 0))
        theirs.append(seconds([*CHECKER, schema, *files], 0))
    mine, other = median(ours[1:]), median(theirs[1:])
    figures = f"batchctl {mine * 1000:6.0f} ms   check-jsonschema {other * 1000:6.0f} ms   ratio {mine / other:.2f}"
    print(f"{title:20} {figures}")


def main() -> None:
    """Print all figures."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = folder / "schema.json"
        schema.write_bytes(subprocess.run([*BATCHCTL, "schema"], cwd=ROOT, capture_output=True, check=True).stdout)
        files = []
        for number in range(100):
            file = folder / f"{number:03d}.yaml"
            file.write_text(definition(5 + number % 3), "utf-8")
            files.append(str(file))
        large = folder / "large.yaml"
        large.write_text(definition(10_000), "utf-8")
        compare("one small file", files[:1], str(schema), runs)
        compare("100 files", files, str(schema), runs)
        compare("10,000 resources", [str(large)], str(schema), max(1, runs // 2))
        for count in (2_500, 5_000, 10_000, 20_000):
            large.write_text(definition(count), "utf-8")
            print(f"{count:6,} resources          {seconds([*BATCHCTL, 'validate', str(large)], 0):.2f} s")
        for broken in (0, 2_500, 5_000, 10_000):
            large.write_text(definition(10_000, broken=broken), "utf-8")
            took = seconds([*BATCHCTL, "validate", str(large)], 1 if broken else 0)
            print(f"{broken:6,} errors in 10,000   {took:.2f} s")


if __name__ == "__main__":
    main()
