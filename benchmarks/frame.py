"""What a row of the benchmarks is, and how it is measured.

A row names contenders: functions that do the work once and answer figures (``{"cpu_s": 1.2, "peak_mib": 60}``). They
take turns, round after round, so that whatever else the machine does meets all of them; what counts is the median of
each figure, and for two contenders the median of the ratios of their rounds. No figure is a test: a row has aims, and
the table says which of them are met.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

Figures: TypeAlias = Mapping[str, float]
Contender: TypeAlias = Callable[[], Figures]
Contenders: TypeAlias = Mapping[str, Contender]


class Unavailable(Exception):
    """A row that can't be measured here: ``str(error)`` says what is missing."""


@dataclass(frozen=True, slots=True)
class Aim:
    """``figure`` of ``contender`` should be at most, or at least, so much; with ``peer`` so many times the peer's."""

    figure: str
    contender: str
    peer: str | None = None
    at_most: float | None = None
    at_least: float | None = None

    def value(self, rounds: Rounds) -> float:
        """The median, or the median of the ratios of the rounds."""
        ours = [figures[self.figure] for figures in rounds[self.contender]]
        if self.peer is None:
            return median(ours)
        theirs = [figures[self.figure] for figures in rounds[self.peer]]
        return median(mine / other for mine, other in zip(ours, theirs, strict=True))

    def is_met(self, value: float) -> bool:
        """Whether ``value`` keeps to both bounds."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def __str__(self) -> str:
        bound = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
        return f"{self.contender} {self.figure} {bound}{f' × {self.peer}' if self.peer else ''}"


@dataclass(frozen=True, slots=True)
class Growth:
    """How ``figure`` grows: contenders by the size of their work. The fitted exponent should be at most so much."""

    figure: str
    sizes: Mapping[str, int]
    at_most: float = 1.05

    def value(self, rounds: Rounds) -> float:
        """The slope of the logarithms (least squares): 1 is linear, 2 quadratic."""
        points = [
            (math.log(size), math.log(median(figures[self.figure] for figures in rounds[name])))
            for name, size in self.sizes.items()
        ]
        mean_x, mean_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
        slope: float = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
        return slope

    def is_met(self, value: float) -> bool:
        """Whether it grows no faster than is aimed at."""
        return value <= self.at_most

    def __str__(self) -> str:
        smallest, largest = min(self.sizes.values()), max(self.sizes.values())
        return f"{self.figure} from {smallest:,} to {largest:,}: exponent ≤ {self.at_most:g}"


Rounds: TypeAlias = Mapping[str, list[Figures]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    ``open`` starts what the row needs (servers, files), gives the contenders and takes it away again; it raises
    ``Unavailable`` where a peer is not installed. The first of ``rounds`` + 1 rounds warms up and does not count.
    """

    name: str
    what: str
    open: Callable[[], AbstractContextManager[Contenders]]
    aims: tuple[Aim | Growth, ...] = ()
    rounds: int = 5
    warm_up: bool = True


def measure(row: Row) -> Rounds:
    """Run all rounds of a row."""
    with row.open() as contenders:
        rounds: dict[str, list[Figures]] = {name: [] for name in contenders}
        for number in range(row.rounds + row.warm_up):
            # Each round begins with another contender: none always follows the same one.
            names = list(contenders)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                figures = contenders[name]()
                if number or not row.warm_up:
                    rounds[name].append(figures)
    return rounds


def in_process(work: Callable[[], object]) -> dict[str, float]:
    """``cpu_s`` and ``wall_s`` of work in this process."""
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    work()
    return {"cpu_s": time.process_time() - cpu_s, "wall_s": time.perf_counter() - wall_s}


# A process counts the memory of the one that started it until it becomes its own program. So a small one starts
# the command, and says when it did, what it used and how it ended.
_LAUNCHER = """
import os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[2:])
os.write(int(sys.argv[1]), f"{process.pid} ".encode())
_, status, used = os.wait4(process.pid, 0)
said = (began, time.perf_counter(), used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status))
os.write(int(sys.argv[1]), " ".join(map(repr, said)).encode())
"""


def as_process(
    command: list[str], *, env: Mapping[str, str] | None = None, stdout: str = os.devnull, expected: int = 0
) -> dict[str, float]:
    """``cpu_s``, ``wall_s``, ``first_s`` (until something is on stdout) and ``peak_mib`` of a command.

    ``first_cpu_s`` is the processor time until then (where the system says it), which is ``first_s`` on an idle
    machine. Processes that the command waits for count too. ``stdout`` is the file that its output goes to. Raises
    ``SystemExit`` for another exit code than ``expected``.
    """
    first_s = first_cpu_s = math.nan
    pid = b""
    readable, writable = os.pipe()
    launched = [sys.executable, "-S", "-c", _LAUNCHER, str(writable), *command]
    with (
        Path(stdout).open("wb") as out,
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            launched,
            stdout=subprocess.PIPE,
            stderr=said,
            bufsize=0,
            pass_fds=[writable],
            env={**os.environ, **(env or {})},
        ) as process,
        open(readable, "rb", buffering=0) as report,  # noqa: PTH123 - a descriptor is no path
    ):
        os.close(writable)
        assert process.stdout is not None
        while chunk := process.stdout.read(1 << 20):
            if math.isnan(first_s):
                first_s = time.perf_counter()
                while not pid.endswith(b" "):
                    pid += report.read(1)
                first_cpu_s = _spent_s(int(pid))
            out.write(chunk)
        began_s, ended_s, cpu_s, peak_kib, code = map(float, report.read().split()[-5:])
        if code != expected:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)[:300]} ended with {code:g}: {said.read()[-2000:].decode()}")
    return {
        "cpu_s": cpu_s,
        "wall_s": ended_s - began_s,
        "first_s": first_s - began_s,
        "first_cpu_s": first_cpu_s,
        "peak_mib": peak_kib / 1024,
    }


def _spent_s(pid: int) -> float:
    """The processor time of a process's first thread so far; not a number where the system does not say it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9
    except OSError:
        return math.nan


def batchctl(*arguments: str) -> list[str]:
    """The command line of batchctl under this interpreter."""
    return [sys.executable, "-m", "batchctl", *arguments]


def peak_mib() -> float:
    """The peak of this process's memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
