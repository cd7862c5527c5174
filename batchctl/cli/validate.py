"""``batchctl validate``: no token, no network, no cache."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.groups import grouped
from batchctl.cli.options import PathsArgument
from batchctl.cli.validate_options import CheckInputOptions, FixOptions, ReportOptions, RuleOptions
from batchctl.errors import BatchctlError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batchctl.cli.terminal import Terminal
    from batchctl.config.checking import Checker
    from batchctl.config.fixing import Fixer
    from batchctl.render.diagnostics.reporting import FileReport


@grouped
def validate(
    paths: PathsArgument = None,
    *,
    rules: RuleOptions,
    report: ReportOptions,
    fixing: FixOptions,
    inputs: CheckInputOptions,
    stdin_filename: Annotated[
        str | None,
        typer.Option("--stdin-filename", metavar="PATH", help="The name of stdin: in the output, and for settings."),
    ] = None,
) -> None:
    """Check definitions and say what is wrong with them, where, and what to do.

    Exit codes: 0 nothing from --fail-on up, 1 problems, 2 wrong use or nothing to read.
    """
    from batchctl.cli.terminal import Terminal
    from batchctl.cli.validate_report import Reporter
    from batchctl.config.checking import Checker
    from batchctl.config.definition_files import find_files
    from batchctl.config.fixing import Fixer
    from batchctl.config.settings import SettingsFinder
    from batchctl.files import STDIN
    from batchctl.files.places import require_apart
    from batchctl.launch.inputs import read_environment
    from batchctl.launch.read_files import inputs_read
    from batchctl.render.diagnostics.reporting import FileReport

    # Nothing here makes garbage in circles worth the search for it: a third of the time of a large file.
    gc.disable()
    fixing.require_one()
    terminal = Terminal(report.color, quiet=report.quiet)
    settings = SettingsFinder()
    inputs.rows.require_sense(STDIN if STDIN in (paths or ()) else None)
    givens, input_files = inputs.given()
    environment = read_environment(inputs.env_file)
    checker = Checker(environment, settings, *rules.chosen(), stdin_filename, givens)
    files, complaints = find_files(paths or [], settings)
    if report.output is not None:
        read = inputs_read(files, inputs, each=inputs.rows.file, context=inputs.context)
        require_apart(read, {"--output": report.output})
    fixer = Fixer(checker.check, fixing.fix, terminal.copied) if fixing.fix or fixing.diff else None
    reports = [FileReport(each.source, each.source.file, each.diagnostics) for each in input_files]
    included: dict[str, Path] = {}
    reports += _check(files, checker, fixer, terminal, complaints, included)
    if report.output is not None:
        require_apart(included, {"--output": report.output})
    if fixer is not None and fixer.summary:
        terminal.note(fixer.summary)
    if fixer is not None and fixer.diffs:
        terminal.result(fixer.diffs)
    elif reports:
        streams_text = fixing.fix and "-" in files
        Reporter(report, rules.fail_on.failing, terminal).tell(reports, on_stderr=streams_text)
    _finish(complaints, reports, rules, changes=bool(fixer and fixer.diffs))


def _check(
    files: Sequence[str],
    checker: Checker,
    fixer: Fixer | None,
    terminal: Terminal,
    complaints: list[BatchctlError],
    included: dict[str, Path],
) -> list[FileReport]:
    """Each file by itself: one that can't be read is a complaint, and hides nothing of the others.

    ``included`` takes the files that they are found to include.
    """
    from batchctl.files import read_bytes
    from batchctl.launch.read_files import parts_read
    from batchctl.render.diagnostics.reporting import by_file

    reports = []
    for file in files:
        try:
            data = read_bytes(file)
            checked = checker.check(file, data)
            if fixer is not None:
                checked = fixer.fixed(file, data, checked)
        except BatchctlError as error:
            complaints.append(error)
            continue
        terminal.hide(checked.secrets())
        reports += checked.reports
        included |= parts_read(checked.loaded.source)
    return by_file(reports)


def _finish(
    complaints: Sequence[BatchctlError],
    reports: Sequence[FileReport],
    rules: RuleOptions,
    *,
    changes: bool,
) -> None:
    from batchctl.cli.terminal import complain

    for complaint in complaints:
        complain(complaint)
    if complaints:
        raise typer.Exit(ExitCode.USAGE)
    failing = rules.fail_on.failing
    found = any(diagnostic.severity in failing for report in reports for diagnostic in report.diagnostics)
    if (found or changes) and not rules.exit_zero:
        raise typer.Exit(ExitCode.DEFINITION)
