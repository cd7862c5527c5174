"""``batchctl test``: definitions with expectations."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated

import typer

from batchctl.cli.options import Color, ColorOption, EnvFileOption, QuietOption
from batchctl.errors import ExitCode
from batchctl.plain import counted


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
    from batchctl.testcases.finding import find_cases, require_report_apart
    from batchctl.testcases.reports import junit as junit_xml
    from batchctl.testcases.reports import verdict_lines

    terminal = Terminal(color, quiet=quiet)
    cases, unread = find_cases(paths or [], keyword, new_snapshots=update)
    if junit is not None:
        require_report_apart(junit, "--junit", cases, env_file)
    environment = read_environment(env_file)
    verdicts = [*run_cases(cases, parallel=parallel, update=update, environment=environment), *unread]
    for verdict in verdicts:
        terminal.hide(verdict.secrets)
    terminal.result(verdict_lines(verdicts))
    if junit is not None:
        write_whole(junit, [junit_xml(verdicts)], terminal.redactor.text)
    failed = sum(not verdict.passed for verdict in verdicts) - len(unread)
    counts = f"{len(verdicts) - failed - len(unread)} passed, {failed} failed"
    terminal.note(f"{counts}, {counted(len(unread), 'file')} can't be read" if unread else counts)
    if unread:
        raise typer.Exit(ExitCode.USAGE)
    if failed:
        raise typer.Exit(ExitCode.FAILURES)
