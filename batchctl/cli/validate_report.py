"""The way out of what ``batchctl validate`` found: to the screen, to a file, and to GitHub."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.terminal import bounds
from batchctl.cli.validate_options import ReportFormat
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchctl.cli.terminal import Terminal
    from batchctl.cli.validate_options import ReportOptions
    from batchctl.diagnostics import Severity
    from batchctl.redaction import Shown
    from batchctl.render.diagnostics.reporting import FileReport

# Their readers look for files from the root of the project, which is where such commands run.
_RELATIVE = frozenset({ReportFormat.SARIF, ReportFormat.GITHUB, ReportFormat.GITLAB})


class Reporter(Struct, frozen=True):
    """Prints or writes, with ``tell``, the problems that ``validate`` found, as the options (``asked``) say.

    Problems of the severities in ``failing`` make the command fail; JUnit XML has them as failures.
    """

    asked: ReportOptions
    failing: Sequence[Severity]
    terminal: Terminal

    def tell(self, reports: Sequence[FileReport], *, on_stderr: bool) -> None:
        """Write the reports of all files to ``--output``, and print them to stdout, or with ``on_stderr`` to stderr.

        Raises ``UsageError`` when the file can't be written.
        """
        shown = self.asked.output_format or ReportFormat.TEXT
        if self.asked.output is not None:
            from batchctl.files import write_whole

            text = self._formatted(shown, reports, color=False)
            write_whole(self.asked.output, self._passed(shown, text))
            shown = ReportFormat.TEXT
        silent = self.asked.quiet and not any(report.diagnostics for report in reports)
        if not (silent and shown in (ReportFormat.TEXT, ReportFormat.CONCISE)):
            stream = sys.stderr if on_stderr else sys.stdout
            text = self._formatted(shown, reports, color=self.terminal.colored(stream), columns=bounds(stream))
            self._show(self._passed(shown, text), on_stderr=on_stderr)
        if self.asked.output_format is None and os.environ.get("GITHUB_ACTIONS") == "true":
            text = self._formatted(ReportFormat.GITHUB, reports, color=False)
            self._show(self._passed(ReportFormat.GITHUB, text), on_stderr=on_stderr)

    def _passed(self, form: ReportFormat, text: str) -> Iterable[Shown]:
        """Text for people is masked as text; in formats for programs every value is masked by itself."""
        redactor = self.terminal.redactor
        return [redactor.text(text)] if form in (ReportFormat.TEXT, ReportFormat.CONCISE) else redactor.document([text])

    def _show(self, pieces: Iterable[Shown], *, on_stderr: bool) -> None:
        if not on_stderr:
            self.terminal.document(pieces)
        elif text := "".join(pieces):
            self.terminal.problem(text.rstrip("\n"))

    def _formatted(
        self, form: ReportFormat, reports: Sequence[FileReport], *, color: bool, columns: int | None = None
    ) -> str:
        from batchctl.render.diagnostics.formats import FORMATS, Look

        if form in _RELATIVE:
            reports = [replace(report, file=_from_here(report.file)) for report in reports]
        look = Look(self.terminal.redactor, self.failing, self.asked.max_problems, color, columns)
        return FORMATS[form](reports, look)


def _from_here(file: str) -> str:
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return file
