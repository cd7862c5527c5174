"""``python -m tests.coverage_floor``: what the tests covered, room by room; fails where a room is below its floor.

Reads the data files that a run with ``--cov`` left, those of the processes that tests started included.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import coverage
from coverage.exceptions import NoDataError

FLOOR = 90.0


def main() -> int:
    """Print a line per room: branches covered, in per cent. 1 where one is below the floor."""
    measured = coverage.Coverage()
    # What pytest-cov has combined, and what processes left that ended after it.
    measured.load()
    with suppress(NoDataError):
        measured.combine(keep=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        measured.json_report(outfile=str(report))
        files = json.loads(report.read_text("utf-8"))["files"]
    total: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for name, found in files.items():
        room = Path(name).parts[1].removesuffix(".py")
        total[room] += found["summary"]["num_branches"]
        covered[room] += found["summary"]["covered_branches"]
    low = False
    for room in sorted(room for room in total if total[room]):
        share = 100 * covered[room] / total[room]
        low = low or share < FLOOR
        mark = f"  below {FLOOR:.0f} %" if share < FLOOR else ""
        print(f"{room:20} {share:5.1f} %  of {total[room]:5} branches{mark}")
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
