"""One file of ``batchctl validate``: read, checked, and filtered by what settings and options say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.inputs import STDIN
from batchctl.definition import read
from batchctl.definition.given import Given
from batchctl.definition.secrets import secrets_of
from batchctl.execution.capabilities import read_snapshot
from batchctl.preparation import examine
from batchctl.render.diagnostics.reporting import FileReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.config.settings import SettingsFinder
    from batchctl.definition import Loaded
    from batchctl.diagnostics import Diagnostic

# Its very subject is what must not be shown.
_SHOWS_SECRETS = "hard-coded-secret"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file, and what there is to say about it; ``hidden`` counts what its comments hide."""

    loaded: Loaded
    diagnostics: Sequence[Diagnostic]
    hidden: int

    @property
    def report(self) -> FileReport:
        """What a format needs; a file without problems is not kept in memory."""
        source = self.loaded.source
        return FileReport(source if self.diagnostics else None, source.file, self.diagnostics, self.hidden)

    def secrets(self) -> Iterator[str]:
        """What must not be shown of it: from the environment, under a secret-looking name, or found to be one."""
        if not self.diagnostics:
            return
        source = self.loaded.source
        yield from secrets_of(self.loaded)
        for found in self.diagnostics:
            if found.rule == _SHOWS_SECRETS:
                start, end = source.text.offset(found.span.start), source.text.offset(found.span.end)
                yield source.text[start:end].strip("\"'")


@dataclass(frozen=True, slots=True)
class Checker:
    """How files are checked: ``select`` and ``ignore`` are names of rules from the command line.

    ``givens`` is never empty: what is given beside the file, for each time that it is checked.
    """

    environment: Mapping[str, str]
    settings: SettingsFinder
    select: frozenset[str] | None
    ignore: frozenset[str]
    stdin_filename: str | None = None
    givens: Sequence[Given] = (Given(),)

    def check(self, file: str, data: bytes) -> Checked:
        """Check the bytes of a file, with each of ``givens``.

        Raises ``UsageError`` for settings that can't be used, and for an argument that nothing reads.
        """
        named = self.stdin_filename if file == STDIN else file
        shown = named or "<stdin>"
        settings = self.settings.find(Path(named).parent if named else Path())
        found: dict[Diagnostic, None] = {}
        known = read_snapshot(Path(named).parent if named else Path())
        for one in self.givens:
            given = replace(one, capabilities=known)
            loaded = read(data, file=shown, environment=self.environment, account=given.account, args=given.values)
            # A required argument may come with a run: here that is no problem.
            diagnostics, hidden, _ = examine(loaded, given=given, required=None)
            found.update(dict.fromkeys(diagnostics))
        diagnostics = tuple(found)
        if diagnostics:
            from batchctl.diagnostics.selection import Selection

            selection = (settings.selection or Selection()).narrowed(self.select, self.ignore)
            diagnostics = selection.applied(diagnostics, settings.relative(shown))
        return Checked(loaded, diagnostics, len(hidden))
