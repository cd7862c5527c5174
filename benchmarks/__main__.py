"""``python -m benchmarks [ROW…] [--json] [--rounds N] [--list]``: measure rows and print the table.

Every module of this package with a ``ROWS`` list takes part. A ROW is a row's name or the beginning of it.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import json
import pkgutil
import platform
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import batchctl
import benchmarks
from benchmarks.frame import Row, Unavailable, measure

# What the figures depend on, named with them where it is installed.
_PACKAGES = ("batchctl", "httpx", "aiohttp", "uvicorn", "starlette", "typer", "jlens", "PyYAML", "orjson", "msgspec")


def main() -> None:
    """Measure what was asked for; exit code 2 for a name that no row has."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--json", action="store_true", help="figures of every round as JSON, instead of the table")
    parser.add_argument("--rounds", type=_rounds, default=None, metavar="N", help="rounds of every row")
    parser.add_argument("--list", action="store_true", help="name the rows, measure none")
    asked = parser.parse_args()
    rows = all_rows()
    chosen = [row for row in rows if not asked.rows or any(row.name.startswith(name) for name in asked.rows)]
    if not chosen:
        parser.error(f"no row has such a name; there are {', '.join(row.name for row in rows)}")
    if asked.list:
        sys.stdout.writelines(f"{row.name:<24} {row.what}\n" for row in chosen)
        return
    # As pip does when it installs the peers: under PYTHONDONTWRITEBYTECODE every start would compile all modules.
    compileall.compile_dir(Path(batchctl.__file__).parent, quiet=2)
    measured = [_measured(replace(row, rounds=asked.rounds or row.rounds)) for row in chosen]
    if asked.json:
        print(json.dumps({**_machine(), "rows": measured}, indent=2))
    else:
        print(table(measured))


def _rounds(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of rounds: 1 or more")
    return int(text)


def all_rows() -> list[Row]:
    """The rows of every module here, by the names of the modules."""
    found: list[Row] = []
    for module in sorted(each.name for each in pkgutil.iter_modules(benchmarks.__path__)):
        if not module.startswith("_"):
            found += getattr(importlib.import_module(f"benchmarks.{module}"), "ROWS", [])
    return found


def _measured(row: Row) -> dict[str, Any]:
    print(f"{row.name} …", file=sys.stderr, flush=True)
    try:
        rounds = measure(row)
    except Unavailable as error:
        return {"name": row.name, "what": row.what, "unavailable": str(error)}
    medians = {
        name: {figure: median(each[figure] for each in figures) for figure in figures[0]}
        for name, figures in rounds.items()
    }
    aims = []
    for aim in row.aims:
        value = aim.value(rounds)
        aims.append({"aim": str(aim), "value": value, "met": aim.is_met(value)})
    return {"name": row.name, "what": row.what, "medians": medians, "aims": aims, "rounds": rounds}


def table(measured: list[dict[str, Any]]) -> str:
    """The rows as Markdown, for ``docs/benchmarks.md``."""
    machine = _machine()
    lines = [
        f"{machine['date']}, {machine['machine']}, Python {machine['python']}; "
        + ", ".join(f"{name} {number}" for name, number in machine["packages"].items()),
        "",
        "| row | medians | aim | measured |",
        "| --- | --- | --- | --- |",
    ]
    for row in measured:
        if "unavailable" in row:
            lines.append(f"| {row['name']}: {row['what']} | not measured: {row['unavailable']} | | |")
            continue
        figures = "<br>".join(f"{name}: {_figures(values)}" for name, values in row["medians"].items())
        aims = "<br>".join(aim["aim"] for aim in row["aims"])
        values = "<br>".join(f"{_number(aim['value'])}{'' if aim['met'] else ' ✗'}" for aim in row["aims"])
        lines.append(f"| {row['name']}: {row['what']} | {figures} | {aims} | {values} |")
    return "\n".join(lines)


def _figures(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {_number(value)}" for name, value in values.items() if value == value)  # noqa: PLR0124 - not NaN


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _machine() -> dict[str, Any]:
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{_processor()}, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": packages,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.processor()


if __name__ == "__main__":
    main()
