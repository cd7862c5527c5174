"""Diagnostics as SARIF 2.1.0, which code scanning reads (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchctl import __version__
from batchctl.diagnostics import Severity
from batchctl.render.diagnostics.reporting import in_order
from batchctl.rules.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.diagnostics import Diagnostic, Fix, Span
    from batchctl.diagnostics.catalogue import Entry
    from batchctl.redaction import Redact
    from batchctl.render.diagnostics.reporting import FileReport

# What GitHub takes from one run.
MAX_RESULTS = 25_000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(reports: Sequence[FileReport], *, redact: Redact) -> str:
    """The problems as a SARIF 2.1.0 log with one run, as JSON text; at most 25,000, errors first.

    Columns count code points. ``redact`` masks secrets.
    """
    found = [(report, diagnostic) for report in reports for diagnostic in in_order(report)]
    # Errors first, so that a limit hits what matters less.
    found.sort(key=lambda pair: list(_LEVELS).index(pair[1].severity))
    met = {diagnostic.code for _, diagnostic in found}
    entries = [entry for entry in catalogue() if entry.code in met]
    results = _Results([entry.code for entry in entries], redact)
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "batchctl", "version": __version__, "rules": [_rule(entry) for entry in entries]}},
        "columnKind": "unicodeCodePoints",
        "results": [results.result(report, diagnostic) for report, diagnostic in found[:MAX_RESULTS]],
    }
    if len(found) > MAX_RESULTS:
        text = f"{len(found) - MAX_RESULTS:,} more problems were left out"
        notice = {"level": "warning", "message": {"text": text}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [notice]}]
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(entry: Entry) -> dict[str, Any]:
    said = entry.documentation
    examples = [f"{title}:\n\n```yaml\n{text}\n```" for title, text in entry.examples]
    markdown = "\n\n".join((said.what, said.why, *examples, said.fix))
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": said.what},
        "fullDescription": {"text": said.why},
        "help": {"text": f"{said.why} {said.fix}", "markdown": markdown},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }


class _Results:
    """Makes results; knows the rules' order and tells equal ones apart."""

    def __init__(self, codes: Sequence[str], redact: Redact) -> None:
        self._codes = list(codes)
        self._redact = redact
        self._seen: Counter[str] = Counter()

    def result(self, report: FileReport, diagnostic: Diagnostic) -> dict[str, Any]:
        """One problem."""
        message: str = self._redact(diagnostic.message)
        if diagnostic.help:
            message = f"{message} ({self._redact(diagnostic.help)})"
        location = self._location(report.file, diagnostic.span)
        if diagnostic.resource:
            location["logicalLocations"] = [{"name": self._redact(diagnostic.resource), "kind": "resource"}]
        result: dict[str, Any] = {
            "ruleId": diagnostic.code,
            "ruleIndex": self._codes.index(diagnostic.code),
            "level": _LEVELS[diagnostic.severity],
            "message": {"text": message},
            "locations": [location],
            "partialFingerprints": {"batchctl/v1": self._fingerprint(report, diagnostic)},
        }
        if diagnostic.related:
            result["relatedLocations"] = [
                {
                    "id": number,
                    **self._location(each.file or report.file, each.span),
                    "message": {"text": self._redact(each.text)},
                }
                for number, each in enumerate(diagnostic.related)
            ]
        if diagnostic.fix is not None:
            result["fixes"] = [self._fix(report.file, diagnostic.fix)]
        return result

    def _location(self, file: str, span: Span) -> dict[str, Any]:
        return {"physicalLocation": {"artifactLocation": self._artifact(file), "region": _region(span)}}

    def _artifact(self, file: str) -> dict[str, Any]:
        path = Path(self._redact(file))
        if path.is_absolute():
            return {"uri": path.as_uri()}
        return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}

    def _fix(self, file: str, fix: Fix) -> dict[str, Any]:
        replacements = [
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": self._redact(edit.text)}}
            for edit in fix.edits
        ]
        change = {"artifactLocation": self._artifact(file), "replacements": replacements}
        return {"description": {"text": fix.title}, "artifactChanges": [change]}

    def _fingerprint(self, report: FileReport, diagnostic: Diagnostic) -> str:
        """The same for the same problem when lines above it come or go."""
        lines = report.source.lines if report.source is not None else []
        number = diagnostic.span.start.line - 1
        line = " ".join(self._redact(lines[number]).split()) if number < len(lines) else ""
        same = "\0".join((diagnostic.code, self._redact(diagnostic.resource or ""), line))
        key = f"{report.file}\0{same}"
        self._seen[key] += 1
        return sha256(f"{same}\0{self._seen[key]}".encode("utf-8", "replace")).hexdigest()


def _region(span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = span
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
