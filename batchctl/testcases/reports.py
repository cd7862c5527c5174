"""Verdicts as lines for people, and as JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from batchctl.plain import clean
from batchctl.render.xml import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.testcases.running import Verdict


def verdict_lines(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """A line for each test with its result and time in milliseconds, and below it why it failed.

    Secrets are not masked: those to mask are in each verdict's ``secrets``.
    """
    for verdict in verdicts:
        sign, more = ("✔" if verdict.passed else "✘"), (" (snapshot written)" if verdict.updated else "")
        yield f"{sign} {clean(verdict.case.id)}  {verdict.elapsed_s * 1000:.0f} ms{more}\n"
        for problem in verdict.problems:
            for line in problem.split("\n"):
                yield f"    {clean(line)}\n"


def junit(verdicts: Sequence[Verdict]) -> str:
    """The results of tests as JUnit XML, with a suite per file and a case per test.

    Secrets are not masked: those to mask are in each verdict's ``secrets``.
    """
    files: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        files.setdefault(str(verdict.case.file), []).append(verdict)
    suites = "".join(_suite(name, found) for name, found in files.items())
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n{suites}</testsuites>\n'


def _suite(name: str, verdicts: Sequence[Verdict]) -> str:
    failed = sum(not verdict.passed for verdict in verdicts)
    time_s = sum(verdict.elapsed_s for verdict in verdicts)
    cases = "".join(map(_case, verdicts))
    counts = f'tests="{len(verdicts)}" failures="{failed}" errors="0" skipped="0" time="{time_s:.3f}"'
    return f"  <testsuite name={quoteattr(one_line(name))} {counts}>\n{cases}  </testsuite>\n"


def _case(verdict: Verdict) -> str:
    file, name = quoteattr(one_line(str(verdict.case.file))), quoteattr(one_line(verdict.case.name))
    head = f'    <testcase classname={file} name={name} time="{verdict.elapsed_s:.3f}"'
    if verdict.passed:
        return f"{head}/>\n"
    lines = [one_line(line) for problem in verdict.problems for line in problem.split("\n")]
    text = "\n".join(lines)
    return f"{head}>\n      <failure message={quoteattr(lines[0])}>{escape(text)}</failure>\n    </testcase>\n"
