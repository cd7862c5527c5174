"""One file read and checked, with the problems that the project's settings and a selection of rules leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.definition import read
from batchctl.definition.fixing import Fixed, fix
from batchctl.definition.given import Given
from batchctl.definition.secrets import secrets_of
from batchctl.engine.backends.first_records import account_keys_in, samples_in
from batchctl.execution.capabilities import read_snapshot
from batchctl.files import STDIN, reader_of
from batchctl.preparation import examine
from batchctl.render.diagnostics.reporting import file_reports
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batchctl.config.settings import SettingsFinder
    from batchctl.definition import Loaded
    from batchctl.diagnostics import Diagnostic
    from batchctl.render.diagnostics.reporting import FileReport

# Its very subject is what must not be shown.
_SHOWS_SECRETS = "hard-coded-secret"
# A fix can lay bare another problem; nobody needs more rounds than this.
_MAX_ROUNDS = 5


class Checked(Struct, frozen=True):
    """A definition's file after reading and checking it: what was read, and the problems that were found.

    ``diagnostics`` are the problems that are reported; ``hidden`` counts those that comments in the file hide.
    """

    loaded: Loaded
    diagnostics: Sequence[Diagnostic]
    hidden: int

    @property
    def reports(self) -> list[FileReport]:
        """A report for the file and for each file that it includes, as the output formats take them."""
        return file_reports(self.loaded.source, self.diagnostics, self.hidden)

    def secrets(self) -> Iterator[str]:
        """The texts in the file that must be masked when it is shown; none where no problem was found.

        They came from the environment, are under a secret-looking name, or were found by the rule about secrets.
        """
        if not self.diagnostics:
            return
        texts = {part.source.file: part.source for part in self.loaded.source.parts}
        yield from secrets_of(self.loaded)
        for found in self.diagnostics:
            if found.rule == _SHOWS_SECRETS:
                source = texts[found.file or self.loaded.source.file]
                start, end = source.text.offset(found.span.start), source.text.offset(found.span.end)
                yield source.text[start:end].strip("\"'")


class Checker(Struct, frozen=True):
    """Checks files as ``batchctl validate`` does (``check``): with the project's settings and the command's options.

    ``environment`` are the variables by name; ``settings`` finds a project's settings; ``select`` and ``ignore`` are
    names of rules from the command line (``select`` None: no change). ``stdin_filename`` is the name that stdin has in
    problems. ``givens`` are the inputs besides the file, at least one: the file is checked once with each.
    """

    environment: Mapping[str, str]
    settings: SettingsFinder
    select: frozenset[str] | None
    ignore: frozenset[str]
    stdin_filename: str | None = None
    givens: Sequence[Given] = (Given(),)

    def check(self, file: str, data: bytes) -> Checked:
        """Check a file with each of ``givens``; a problem that is found more than once is reported once.

        ``file`` is its path (``-`` for stdin), ``data`` its bytes. Raises ``UsageError`` for settings that can't be
        used, and for an argument that nothing reads.
        """
        named = self.stdin_filename if file == STDIN else file
        shown = named or "<stdin>"
        settings = self.settings.find(Path(named).parent if named else Path())
        found: dict[Diagnostic, None] = {}
        folder = Path(named).parent if named else Path()
        known = read_snapshot(folder)
        for one in self.givens:
            given = replace(one, capabilities=known, samples=samples_in(folder), account_keys=account_keys_in(folder))
            loaded = read(
                data,
                file=shown,
                environment=self.environment,
                account=given.account,
                args=given.values,
                read_file=reader_of(named or ""),
            )
            # A required argument may come with a run: here that is no problem.
            diagnostics, hidden, _ = examine(loaded, given=given, required=None)
            found.update(dict.fromkeys(diagnostics))
        diagnostics = tuple(found)
        if diagnostics:
            from batchctl.diagnostics.selection import Selection  # noqa: PLC0415 - most files have no problem

            selection = (settings.selection or Selection()).narrowed(self.select, self.ignore)
            diagnostics = selection.applied(diagnostics, settings.relative(shown))
        return Checked(loaded, diagnostics, len(hidden))


def fixed_in_rounds(checked: Checked, check: Callable[[str], Checked]) -> tuple[Fixed, Checked]:
    """The text of ``checked`` with all fixes made, and what ``check`` returns for that text.

    A fix can lay bare another problem, so this is repeated until nothing changes, at most five times; ``fixes`` counts
    those of all rounds. Where there is nothing to fix, the second item is ``checked``. Included files stay as they are.
    Raises what ``check`` raises.
    """
    after, text, fixes = checked, str(checked.loaded.source.own.text), 0
    for _ in range(_MAX_ROUNDS):
        result = fix(after.loaded.source.own, [found for found in after.diagnostics if found.file is None])
        if not result.fixes:
            break
        text, fixes = result.text, fixes + result.fixes
        after = check(text)
    return Fixed(text, fixes), after
