"""One file of ``batchctl validate``: read, checked, and filtered by what settings and options say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.inputs import STDIN
from batchctl.preparation import prepare
from batchctl.redaction import secret_values
from batchctl.render.diagnostics import FileReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.config.settings import SettingsFinder
    from batchctl.diagnostics import Diagnostic
    from batchctl.preparation import Prepared

# Its very subject is what must not be shown.
_SHOWS_SECRETS = "hard-coded-secret"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file, and what there is to say about it. ``shown`` is its name for people."""

    shown: str
    prepared: Prepared
    diagnostics: list[Diagnostic]

    @property
    def report(self) -> FileReport:
        """What a format needs; a file without problems is not kept in memory."""
        source = self.prepared.source if self.diagnostics else None
        return FileReport(source, self.shown, self.diagnostics, len(self.prepared.hidden))

    def secrets(self) -> Iterator[str]:
        """What must not be shown of it: from the environment, under a secret-looking name, or found to be one."""
        if not self.diagnostics:
            return
        source = self.prepared.source
        yield from self.prepared.loaded.secrets
        yield from (text for text in secret_values(source.data) if "{{" not in text and "${" not in text)
        for found in self.diagnostics:
            if found.rule == _SHOWS_SECRETS:
                start, end = source.text.offset(found.span.start), source.text.offset(found.span.end)
                yield source.text[start:end].strip("\"'")


@dataclass(frozen=True, slots=True)
class Checker:
    """How files are checked: ``select`` and ``ignore`` are names of rules from the command line."""

    environment: Mapping[str, str]
    settings: SettingsFinder
    select: frozenset[str] | None
    ignore: frozenset[str]
    stdin_filename: str | None = None

    def check(self, file: str, data: bytes) -> Checked:
        """Check the bytes of a file. Raises ``UsageError`` for settings that can't be used."""
        named = self.stdin_filename if file == STDIN else file
        shown = named or "<stdin>"
        settings = self.settings.find(Path(named).parent if named else Path())
        prepared = prepare(data, file=shown, environment=self.environment)
        selection = settings.selection.narrowed(self.select, self.ignore)
        return Checked(shown, prepared, selection.applied(prepared.diagnostics, settings.relative(shown)))
