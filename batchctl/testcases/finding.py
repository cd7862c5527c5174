"""Which tests are meant: those of files, folders and patterns, by a part of their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from batchctl.config.definition_files import find_files
from batchctl.config.settings import SettingsFinder
from batchctl.errors import UsageError
from batchctl.files.places import require_apart, require_outside, require_place
from batchctl.testcases.cases import Case, collect
from batchctl.testcases.running import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The name of the only test of a file that nobody can read.
UNREAD = "definition"


class FoundCases(NamedTuple):
    """The tests to run, and a verdict on each file whose tests can't be read."""

    cases: list[Case]
    unread: list[Verdict]


def find_cases(paths: Sequence[str], keyword: str = "", *, new_snapshots: bool = False) -> FoundCases:
    """The tests of the files that ``paths`` mean, whose ``file::name`` has ``keyword`` in it, whatever the case.

    A path is a file, a folder, which is searched for definitions, or a pattern; without paths it is the current folder.
    With ``new_snapshots`` a batch without tests gets one that compares with a snapshot, which need not exist yet.
    Raises ``UsageError`` for no test at all, for a path that matches nothing, and for a file that is named alone and
    can't be read.
    """
    files, complaints = find_files(paths, SettingsFinder())
    if complaints:
        raise complaints[0]
    found: list[Case] = []
    unread: list[Verdict] = []
    for file in files:
        try:
            found += collect(Path(file), new_snapshots=new_snapshots)
        except UsageError as error:
            if len(files) == 1:
                raise
            said = f"{error}\nhint: {error.hint}" if error.hint else str(error)
            unread.append(Verdict(Case(Path(file), UNREAD), (said,), 0.0))
    kept = [case for case in found if keyword.lower() in case.id.lower()]
    if not kept and not unread:
        what = f'no test has "{keyword}" in its name' if found else "no definition has tests"
        raise UsageError(what, hint="write x-tests in a definition, or let --update write a snapshot")
    return FoundCases(kept, unread)


def require_report_apart(report: Path, option: str, cases: Iterable[Case], env_file: Path | None = None) -> None:
    """Raise ``UsageError`` where the file ``report`` can't be written, or would replace a file that ``cases`` read.

    ``option`` is the command's option that names it (``--junit``), for the message; ``env_file`` is the file of
    ``--env-file``, which must not be replaced either, None without one.
    """
    written, cases = {option: report}, list(cases)
    require_place(report, option)
    read = {f"{path}, a file of the tests": path for case in cases for path in case.files}
    require_apart(read | ({"--env-file": env_file} if env_file else {}), written)
    for folder in {case.fixtures_folder for case in cases}:
        require_outside(folder, written)
