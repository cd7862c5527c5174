"""Diagnostics as a report of GitLab's Code Quality."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.render.diagnostics.reporting import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.redaction import Redact
    from batchctl.render.diagnostics.reporting import FileReport

_LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab_report(reports: Sequence[FileReport], *, redact: Redact) -> str:
    """The problems as a report of GitLab's Code Quality: JSON text.

    A problem's fingerprint stays the same when only its line changes. ``redact`` masks secrets.
    """
    seen: Counter[str] = Counter()
    issues = []
    for report in reports:
        file = redact(report.file).replace("\\", "/")
        for found in in_order(report):
            message = redact(found.message)
            same = "\0".join((file, found.rule, redact(found.resource or ""), message))
            seen[same] += 1
            issue = {
                "description": f"{message} ({redact(found.help)})" if found.help else message,
                "check_name": found.rule,
                "fingerprint": sha256(f"{same}\0{seen[same]}".encode("utf-8", "replace")).hexdigest(),
                "severity": _LEVELS[found.severity],
                "location": {"path": file, "lines": {"begin": found.span.start.line, "end": found.span.end.line}},
            }
            issues.append(issue)
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
