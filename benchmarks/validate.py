"""``batchctl validate`` as a whole process, beside check-jsonschema with the same schema and yamllint."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.frame import Aim, Growth, Row, Unavailable, as_process, batchctl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

RESOURCES = ("crm/contacts", "crm/companies", "ats/candidates", "hris/employees", "ticketing/tickets", "drive-items")
SIZES = (2_500, 5_000, 10_000, 20_000)
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


def _peer(name: str) -> str:
    """The path of a peer's command, beside this interpreter or on PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Unavailable(f"{name} is not installed")
    return found


@contextmanager
def opened(files: int, resources: int) -> Iterator[Contenders]:
    """Ours and the peers over so many files."""
    checker, linter = _peer("check-jsonschema"), _peer("yamllint")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = folder / "schema.json"
        schema.write_bytes(subprocess.run(batchctl("schema"), capture_output=True, check=True).stdout)
        (folder / "lint.yaml").write_text("extends: relaxed\nrules: {line-length: disable}\n", "utf-8")
        paths = [folder / f"{number:03d}.yaml" for number in range(files)]
        for number, path in enumerate(paths):
            path.write_text(definition(resources + number % 3), "utf-8")
        named = [str(path) for path in paths]
        yield {
            "batchctl": lambda: as_process(batchctl("validate", *named)),
            "check-jsonschema": lambda: as_process([checker, "--schemafile", str(schema), *named]),
            "yamllint": lambda: as_process([linter, "-c", str(folder / "lint.yaml"), *named]),
        }


@contextmanager
def opened_growth(*, broken: bool) -> Iterator[Contenders]:
    """One file by its number of resources, or by the number of those that have an error."""
    with tempfile.TemporaryDirectory() as name:

        def contender(count: int) -> dict[str, float]:
            path = Path(name) / f"{count}.yaml"
            if not path.exists():
                text = definition(SIZES[-1], broken=count) if broken else definition(count)
                path.write_text(text, "utf-8")
            return as_process(batchctl("validate", str(path)), expected=int(broken))

        yield {f"{count:,}": partial(contender, count) for count in SIZES}


_GROWTH = (Growth("cpu_s", {f"{count:,}": count for count in SIZES}),)
ROWS = [
    Row(
        "validate-one",
        "validate one small file",
        partial(opened, 1, 5),
        (
            Aim("cpu_s", "batchctl", "check-jsonschema", at_most=0.35),
            Aim("cpu_s", "batchctl", "yamllint", at_most=1.1),
        ),
        rounds=7,
    ),
    Row(
        "validate-100",
        "validate 100 small files",
        partial(opened, 100, 5),
        (Aim("cpu_s", "batchctl", "check-jsonschema", at_most=1.0),),
    ),
    Row(
        "validate-large",
        "validate a file of 10,000 resources",
        partial(opened, 1, 10_000),
        (Aim("cpu_s", "batchctl", "check-jsonschema", at_most=1.0),),
        rounds=1,
    ),
    Row("validate-growth", "validate by resources", partial(opened_growth, broken=False), _GROWTH, 1, warm_up=False),
    Row("validate-errors", "validate by errors", partial(opened_growth, broken=True), _GROWTH, 1, warm_up=False),
]
