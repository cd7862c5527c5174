"""``python -m tests.attacks --minutes 30``: new seeds at every target in turn, for as long as one likes.

``--target NAME --seed N`` repeats one attempt with its traceback. Exit code 1 where a fault was found.
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

from attacks.fuzzing import attempts
from attacks.targets import Targets

ROUND = 25


def main() -> int:
    """Attack until the time is over; the number of faults decides the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--target", help="one target alone")
    parser.add_argument("--seed", type=int, help="one seed alone, its traceback shown")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="batchctl-attacks-") as place:
        targets = Targets(Path(place))
        if asked.seed is not None:
            targets.all[asked.target](Random(f"{asked.target} {asked.seed}"))
            return 0
        return _attack(targets, asked.minutes, [asked.target] if asked.target else list(targets.all))


def _attack(targets: Targets, minutes: float, names: list[str]) -> int:
    ends_s, seed = time.monotonic() + 60 * minutes, SystemRandom().randrange(10**9)
    tried: Counter[str] = Counter()
    seen: set[str] = set()
    while time.monotonic() < ends_s:
        for name in names:
            for fault in attempts(name, targets.all[name], range(seed, seed + ROUND)):
                tried[name] += 1
                if fault is not None and (place := fault.text[-200:]) not in seen:
                    seen.add(place)
                    print(f'{fault.text}\npython -m tests.attacks --target "{name}" --seed {fault.seed}\n', flush=True)  # noqa: T201 - its output
            _emptied(targets.folder)
        seed += ROUND
    print(f"{tried.total():,} inputs, {len(seen)} faults: " + ", ".join(f"{name} {n:,}" for name, n in tried.items()))  # noqa: T201 - as above
    return 1 if seen else 0


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        if not path.name.startswith("kept"):
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
