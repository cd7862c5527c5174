"""The formats of diagnostics, by name; a writer's module is imported when it is used, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from batchctl.diagnostics import Severity
    from batchctl.redaction import Redactor
    from batchctl.render.diagnostics.reporting import FileReport


class Look(Struct, frozen=True):
    """How diagnostics are shown.

    ``redactor`` masks secrets. Problems of a severity in ``failing`` count as failures; of more than ``max_problems``
    the worst are shown, 0 shows all. ``color`` allows colours; ``columns`` is the width of text for people, None for no
    limit.
    """

    redactor: Redactor
    failing: Collection[Severity] = ()
    max_problems: int = 0
    color: bool = False
    columns: int | None = None


def _text(reports: Sequence[FileReport], look: Look) -> str:
    if not any(report.diagnostics for report in reports):
        from batchctl.render.diagnostics.reporting import problems_closing_line

        return problems_closing_line(reports) + "\n"
    from batchctl.render.diagnostics.text import text_report

    return text_report(
        reports, color=look.color, max_problems=look.max_problems, redactor=look.redactor, columns=look.columns
    )


def _concise(reports: Sequence[FileReport], look: Look) -> str:
    from batchctl.render.diagnostics.reporting import concise_report

    return concise_report(reports, max_problems=look.max_problems, redact=look.redactor.text)


def _json(reports: Sequence[FileReport], look: Look) -> str:
    from batchctl.render.diagnostics.reporting import json_report

    return json_report(reports, redact=look.redactor.text)


def _sarif(reports: Sequence[FileReport], look: Look) -> str:
    from batchctl.render.diagnostics.sarif import sarif_report

    return sarif_report(reports, redact=look.redactor.text)


def _github(reports: Sequence[FileReport], look: Look) -> str:
    from batchctl.render.diagnostics.github import github_report

    return github_report(reports, redact=look.redactor.text)


def _junit(reports: Sequence[FileReport], look: Look) -> str:
    from batchctl.render.diagnostics.junit import junit_report

    return junit_report(reports, failing=look.failing, redact=look.redactor.text)


def _gitlab(reports: Sequence[FileReport], look: Look) -> str:
    from batchctl.render.diagnostics.gitlab import gitlab_report

    return gitlab_report(reports, redact=look.redactor.text)


FORMATS: Mapping[str, Callable[[Sequence[FileReport], Look], str]] = {
    "text": _text,
    "concise": _concise,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
    "junit": _junit,
    "gitlab": _gitlab,
}
