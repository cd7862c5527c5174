"""``python -m tests.attacks --minutes 30``: new seeds at every door in turn, for as long as one likes.

``--door NAME --seed N`` repeats one attempt with its traceback. Exit code 1 where a fault was found.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom

sys.path.insert(0, str(Path(__file__).parents[1]))

from attacks.doors import Doors
from attacks.fuzzing import attempts

ROUND = 25


def main() -> int:
    """Attack until the time is over; the number of faults decides the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--door", help="one door alone")
    parser.add_argument("--seed", type=int, help="one seed alone, its traceback shown")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="batchctl-attacks-") as place:
        doors = Doors(Path(place))
        if asked.seed is not None:
            doors.all[asked.door](Random(f"{asked.door} {asked.seed}"))
            return 0
        return _attack(doors, asked.minutes, [asked.door] if asked.door else list(doors.all))


def _attack(doors: Doors, minutes: float, names: list[str]) -> int:
    ends_s, seed = time.monotonic() + 60 * minutes, SystemRandom().randrange(10**9)
    tried: Counter[str] = Counter()
    seen: set[str] = set()
    while time.monotonic() < ends_s:
        for name in names:
            for fault in attempts(name, doors.all[name], range(seed, seed + ROUND)):
                tried[name] += 1
                if fault is not None and (place := fault.text[-200:]) not in seen:
                    seen.add(place)
                    print(f'{fault.text}\npython -m tests.attacks --door "{name}" --seed {fault.seed}\n', flush=True)  # noqa: T201 - its output
            _emptied(doors.folder)
        seed += ROUND
    print(f"{tried.total():,} inputs, {len(seen)} faults: " + ", ".join(f"{name} {n:,}" for name, n in tried.items()))  # noqa: T201 - as above
    return 1 if seen else 0


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        if not path.name.startswith("kept"):
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
