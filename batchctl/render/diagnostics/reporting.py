"""Diagnostics as data for any format; and as the JSON of ``validate``, and as one line each."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity, json_path
from batchctl.plain import clean, counted
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject
    from batchctl.redaction import Redact
    from batchctl.yaml12.source import Source


FORMAT_VERSION = "1.0"
MORE = "… and {:,} more; --max-problems 0 shows all\n"


class FileReport(Struct, frozen=True):
    """The diagnostics of one file, to be shown together.

    ``file`` is its name and ``source`` its text, None where no lines of that are to be shown. ``hidden`` is the number
    of diagnostics that comments in the file hide.
    """

    source: Source | None
    file: str
    diagnostics: Sequence[Diagnostic]
    hidden: int = 0


def file_reports(source: Source, diagnostics: Sequence[Diagnostic], hidden: int = 0) -> list[FileReport]:
    """The report of a definition, and one for each file that it includes and that has diagnostics.

    The source of a file without diagnostics is not kept in memory. ``hidden`` is how many problems comments hide.
    """
    own = [found for found in diagnostics if found.file is None]
    reports = [FileReport(source.own if own else None, source.file, own, hidden)]
    for part in source.parts[1:]:
        found = [each for each in diagnostics if each.file == part.source.file]
        if found:
            reports.append(FileReport(part.source, part.source.file, found))
    return reports


def concise_report(reports: Sequence[FileReport], *, max_problems: int = 0, redact: Redact) -> str:
    """The problems on one line each: ``file:line:column: error[BC201] message (help)``; empty where there are none.

    Of more than ``max_problems`` the worst are shown, 0 shows all. ``redact`` masks secrets.
    """
    shown, hidden = selection(reports, max_problems)
    lines = [clean(redact(one_line(report.file, diagnostic))) + "\n" for report, diagnostic in shown]
    if hidden:
        lines.append(MORE.format(hidden))
    return "".join(lines)


def json_report(reports: Sequence[FileReport], *, redact: Redact) -> str:
    """What ``validate --format json`` prints, as JSON text.

    It is ``{"format_version", "summary": {"files", "errors", "warnings", "infos"}, "diagnostics": […]}``, where the
    summary has counts and every problem has ``code``, ``severity``, ``message``, ``file``, ``line`` and more
    (``diagnostic_json`` makes them). ``redact`` masks secrets.
    """
    counts = count(reports)
    document = {
        "format_version": FORMAT_VERSION,
        "summary": {
            "files": len(reports),
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
        },
        "diagnostics": [
            _redacted(diagnostic_json(diagnostic, report.file), redact)
            for report in reports
            for diagnostic in in_order(report)
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def diagnostic_json(diagnostic: Diagnostic, file: str) -> JsonObject:
    """One problem in the file ``file`` as JSON: lines and columns from 1, the end exclusive, columns in code points.

    Its keys are ``code``, ``rule``, ``severity``, ``message``, ``help``, ``file``, ``line``, ``column``, ``end_line``,
    ``end_column``, ``path`` (``$.resources[0]``), ``resource`` (its name, or None) and ``fixable``; and ``origin``
    where the cause is a value from outside of the file. Secrets are not masked.
    """
    start, end = diagnostic.span
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "file": file,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "path": json_path(diagnostic.path),
        "resource": diagnostic.resource,
        "fixable": diagnostic.fix is not None,
        **({} if diagnostic.origin is None else {"origin": diagnostic.origin}),
    }


def _redacted(found: JsonObject, redact: Redact) -> JsonObject:
    return {key: redact(value) if isinstance(value, str) else value for key, value in found.items()}


def in_order(report: FileReport) -> list[Diagnostic]:
    """The problems of a file, sorted by their position in it."""
    return sorted(report.diagnostics, key=lambda diagnostic: diagnostic.sort_key)


def selection(reports: Sequence[FileReport], max_problems: int) -> tuple[list[tuple[FileReport, Diagnostic]], int]:
    """The problems to show, each with its file's report and in their order, and how many more there are.

    Of more than ``max_problems`` those of the worst severity are chosen; 0 chooses all.
    """
    found = [(report, diagnostic) for report in reports for diagnostic in in_order(report)]
    if not max_problems or len(found) <= max_problems:
        return found, 0
    levels = list(Severity)
    worst = sorted(range(len(found)), key=lambda number: levels.index(found[number][1].severity))[:max_problems]
    return [found[number] for number in sorted(worst)], len(found) - max_problems


def count(reports: Iterable[FileReport]) -> Counter[Severity]:
    """How many problems of each severity there are in ``reports``."""
    return Counter(diagnostic.severity for report in reports for diagnostic in report.diagnostics)


def one_line(file: str, diagnostic: Diagnostic) -> str:
    """A problem in the file ``file`` on one line: ``file:line:column: error[BC201] message (help)``.

    Secrets are not masked. There is no line or column where the cause is a value from outside of the file.
    """
    line, column = diagnostic.span.start
    advice = f" ({diagnostic.help})" if diagnostic.help else ""
    where = f"{file}:{line}:{column}" if diagnostic.origin is None else file
    return f"{where}: {diagnostic.severity}[{diagnostic.code}] {diagnostic.message}{advice}"


def problems_closing_line(reports: Sequence[FileReport]) -> str:
    """The last line of a report: ``Found 2 errors and 1 warning in 3 of 4 files.``, or that the files are valid."""
    counts = count(reports)
    ignored = sum(report.hidden for report in reports)
    ignored_too = f" ({counted(ignored, 'problem')} ignored)" if ignored else ""
    if not counts:
        return f"{counted(len(reports), 'file')} {'is' if len(reports) == 1 else 'are'} valid{ignored_too}."
    nouns = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note"))
    parts = [counted(counts[severity], noun) for severity, noun in nouns if counts[severity]]
    found = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    concerned = sum(bool(report.diagnostics) for report in reports)
    where = counted(len(reports), "file") if len(reports) == 1 else f"{concerned:,} of {len(reports):,} files"
    fixable = sum(found.fix is not None for report in reports for found in report.diagnostics)
    advice = f" --fix can fix {fixable:,} of them." if fixable else ""
    return f"Found {found} in {where}{ignored_too}.{advice}"


def by_file(reports: Sequence[FileReport]) -> list[FileReport]:
    """One report per file, where several definitions include the same file; each problem is in it once."""
    found: dict[str, FileReport] = {}
    for report in reports:
        known = found.get(report.file)
        if known is None:
            found[report.file] = report
        else:
            both = tuple(dict.fromkeys((*known.diagnostics, *report.diagnostics)))
            found[report.file] = replace(report, source=report.source or known.source, diagnostics=both)
    return list(found.values())
