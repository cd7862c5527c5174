"""``batchctl test``: definitions with expectations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.options import Color, ColorOption, EnvFileOption, QuietOption
from batchctl.errors import ExitCode, UsageError
from batchctl.plain import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.testcases import Case, Verdict

# What stands for the tests of a file that nobody can read.
UNREAD = "definition"


def run_definition_tests(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]…", help="Files, folders (*.batch.yaml|yml|json) or globs [default: .]."),
    ] = None,
    *,
    keyword: Annotated[
        str, typer.Option("-k", metavar="TEXT", help="Only tests whose file::name has this in it.")
    ] = "",
    update: Annotated[
        bool, typer.Option("--update", help="Write snapshots anew, and one for files without any test.")
    ] = False,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="A report as JUnit XML.")] = None,
    parallel: Annotated[int, typer.Option("-n", min=1, max=64, metavar="N", help="How many tests run at once.")] = 1,
    env_file: EnvFileOption = None,
    color: ColorOption = Color.AUTO,
    quiet: QuietOption = False,
) -> None:
    """Run the tests of definitions over fixtures: x-tests in the file, and FILE.snapshot.json beside it.

    Exit codes: 0 all pass, 3 some fail, 2 there are none, or a file can't be read.
    """
    from batchctl.cli.terminal import Terminal
    from batchctl.files import write_whole
    from batchctl.launch.inputs import read_environment
    from batchctl.testcases import run_cases

    terminal = Terminal(color, quiet=quiet)
    cases, unread = _cases(paths or [], keyword, update=update)
    if junit is not None:
        _require_apart(junit, cases, env_file)
    environment = read_environment(env_file)
    verdicts = [*run_cases(cases, parallel=parallel, update=update, environment=environment), *unread]
    for verdict in verdicts:
        terminal.hide(verdict.secrets)
    terminal.result(_lines(verdicts))
    if junit is not None:
        from batchctl.testcases.junit import junit as report

        write_whole(junit, [report(verdicts)], terminal.redactor.text)
    failed = sum(not verdict.passed for verdict in verdicts) - len(unread)
    counts = f"{len(verdicts) - failed - len(unread)} passed, {failed} failed"
    terminal.note(f"{counts}, {counted(len(unread), 'file')} can't be read" if unread else counts)
    if unread:
        raise typer.Exit(ExitCode.USAGE)
    if failed:
        raise typer.Exit(ExitCode.FAILURES)


def _cases(paths: Sequence[str], keyword: str, *, update: bool) -> tuple[list[Case], list[Verdict]]:
    """The tests to run, and a verdict on each file whose tests can't be read. Raises ``UsageError`` for none at all.

    A file that was named alone, and can't be read, is an error of use.
    """
    from batchctl.config.definition_files import find_files
    from batchctl.config.settings import SettingsFinder
    from batchctl.testcases import Case, Verdict, collect

    files, complaints = find_files(paths, SettingsFinder())
    if complaints:
        raise complaints[0]
    found: list[Case] = []
    unread: list[Verdict] = []
    for file in files:
        try:
            found += collect(Path(file), new_snapshots=update)
        except UsageError as error:
            if len(files) == 1:
                raise
            said = f"{error}\nhint: {error.hint}" if error.hint else str(error)
            unread.append(Verdict(Case(Path(file), UNREAD), (said,), 0.0))
    kept = [case for case in found if keyword.lower() in case.id.lower()]
    if not kept and not unread:
        what = f'no test has "{keyword}" in its name' if found else "no definition has tests"
        raise UsageError(what, hint="write x-tests in a definition, or let --update write a snapshot")
    return kept, unread


def _require_apart(junit: Path, cases: Sequence[Case], env_file: Path | None) -> None:
    """Raise ``UsageError`` for a report that can't be written, or would replace what the tests read."""
    from batchctl.files.places import require_apart, require_outside, require_place

    written = {"--junit": junit}
    require_place(junit, "--junit")
    read = {f"{path}, a file of the tests": path for case in cases for path in case.files}
    require_apart(read | ({"--env-file": env_file} if env_file else {}), written)
    for folder in {case.fixtures_folder for case in cases}:
        require_outside(folder, written)


def _lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    from batchctl.plain import clean

    for verdict in verdicts:
        sign, more = ("✔" if verdict.passed else "✘"), (" (snapshot written)" if verdict.updated else "")
        yield f"{sign} {clean(verdict.case.id)}  {verdict.elapsed_s * 1000:.0f} ms{more}\n"
        for problem in verdict.problems:
            for line in problem.split("\n"):
                yield f"    {clean(line)}\n"
