"""Diagnostics as GitHub's workflow commands, which become annotations beside the lines of a pull request.

GitHub shows ten per level and step, and drops the rest without a word: the rest is counted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.render.diagnostics.reporting import in_order, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.redaction import Redact
    from batchctl.render.diagnostics.reporting import FileReport

MAX_PER_LEVEL = 10
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github_report(reports: Sequence[FileReport], *, redact: Redact) -> str:
    """A GitHub workflow command per problem, which GitHub shows beside the line; errors first.

    GitHub shows 10 of each severity: those beyond are left out, and their number is in a notice. ``reports`` has the
    problems of each file; ``redact`` masks secrets.
    """
    return "".join(line + "\n" for line in _commands(reports, redact))


def _commands(reports: Sequence[FileReport], redact: Redact) -> Iterator[str]:
    left_out = 0
    for severity, level in _LEVELS.items():
        found = [(report, each) for report in reports for each in in_order(report) if each.severity is severity]
        # The count needs a notice of its own.
        most = MAX_PER_LEVEL - (severity is Severity.INFO)
        left_out += max(0, len(found) - most)
        yield from (_command(level, report, each, redact) for report, each in found[:most])
    if left_out:
        problems = "problem" if left_out == 1 else "problems"
        yield f"::notice::{left_out:,} more {problems} without an annotation; batchctl validate shows all"


def _command(level: str, report: FileReport, diagnostic: Diagnostic, redact: Redact) -> str:
    start, end = diagnostic.span
    properties: dict[str, str] = {"file": redact(report.file).replace("\\", "/"), "line": str(start.line)}
    if end.line == start.line:
        # With columns on several lines GitHub refuses the annotation.
        properties |= {"endLine": str(end.line), "col": str(start.column), "endColumn": str(end.column)}
    properties["title"] = f"{diagnostic.code} {diagnostic.rule}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{_data(redact(one_line(report.file, diagnostic)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
