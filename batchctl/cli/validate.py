"""``batchctl validate``: no token, no network, no cache."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.options import Color, ColorOption, DebugOption, EnvFileOption
from batchctl.errors import BatchctlError, ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.cli.terminal import Terminal
    from batchctl.diagnostics import Diagnostic
    from batchctl.preparation import Prepared


class Format(StrEnum):
    """How diagnostics are printed."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"


class FailOn(StrEnum):
    """The least severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


# What a folder is searched for.
PATTERNS = ("*.batch.yaml", "*.batch.yml", "*.batch.json")


def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|-]…", help="Files, folders (*.batch.yaml|yml|json) or globs."),
    ] = None,
    *,
    output_format: Annotated[Format, typer.Option("--format", help="How to print what was found.")] = Format.TEXT,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="From this severity on, exit with 1.")] = FailOn.ERROR,
    max_problems: Annotated[
        int, typer.Option("--max-problems", min=0, help="Show at most so many per run; 0 shows all.")
    ] = 50,
    env_file: EnvFileOption = None,
    stdin_filename: Annotated[
        str | None, typer.Option("--stdin-filename", metavar="PATH", help="The name to show for stdin.")
    ] = None,
    color: ColorOption = Color.AUTO,
    debug: DebugOption = False,  # noqa: ARG001 - read by __main__ when something breaks
) -> None:
    """Check definitions and say what is wrong with them, where, and what to do."""
    from batchctl.cli.inputs import read_environment
    from batchctl.cli.terminal import Terminal
    from batchctl.redaction import Redactor
    from batchctl.render.diagnostics import FileReport, concise_report, json_report, text_report

    terminal = Terminal(color)
    environment = read_environment(env_file)
    files, complaints = find_files(paths or [])
    reports: list[FileReport] = []
    redactor = Redactor()
    for file in files:
        try:
            prepared = _prepared(file, environment, stdin_filename)
        except BatchctlError as error:
            complaints.append(error)
            continue
        redactor = redactor.with_secrets(_secrets(prepared))
        reports.append(FileReport(prepared.source, prepared.source.file, prepared.diagnostics))
    if not files and not complaints:
        raise UsageError("nothing to check", hint="name a file, a folder that holds *.batch.yaml, or - for stdin")
    if reports:
        match output_format:
            case Format.TEXT:
                text = text_report(
                    reports,
                    color=terminal.colored(sys.stdout),
                    max_problems=max_problems,
                    redact=redactor.text,
                )
            case Format.CONCISE:
                text = concise_report(reports, max_problems=max_problems, redact=redactor.text)
            case Format.JSON:
                text = json_report(reports, redact=redactor.text)
        terminal.result([text])
    _finish(terminal, complaints, [diagnostic for report in reports for diagnostic in report.diagnostics], fail_on)


def find_files(paths: Sequence[str]) -> tuple[list[str], list[BatchctlError]]:
    """The files that the arguments mean, each once, in order; what matches nothing is a complaint."""
    files: dict[str, None] = {}
    complaints: list[BatchctlError] = []
    for path in paths:
        found = [path] if path == "-" else sorted(_matches(path))
        if not found:
            what = f"no {' or '.join(PATTERNS)} in {path}" if Path(path).is_dir() else f"nothing matches {path}"
            complaints.append(UsageError(what))
        files.update(dict.fromkeys(found))
    return list(files), complaints


def _matches(path: str) -> Iterator[str]:
    if Path(path).is_dir():
        for pattern in PATTERNS:
            yield from map(str, Path(path).rglob(pattern))
    elif any(sign in path for sign in "*?[") and not Path(path).exists():
        anchor = Path(path).anchor
        yield from (str(match) for match in Path(anchor).glob(path.removeprefix(anchor)) if match.is_file())
    else:
        yield path


def _prepared(file: str, environment: Mapping[str, str], stdin_filename: str | None) -> Prepared:
    from batchctl.cli.inputs import STDIN, read_bytes
    from batchctl.preparation import prepare

    shown = (stdin_filename or "<stdin>") if file == STDIN else file
    return prepare(read_bytes(file), file=shown, environment=environment)


def _secrets(prepared: Prepared) -> frozenset[str]:
    return prepared.definition.secrets if prepared.definition else frozenset()


def _finish(
    terminal: Terminal,
    complaints: Sequence[BatchctlError],
    diagnostics: Sequence[Diagnostic],
    fail_on: FailOn,
) -> None:
    for complaint in complaints:
        terminal.problem(f"error: {complaint}")
    if complaints:
        raise typer.Exit(ExitCode.USAGE)
    order = [FailOn.ERROR, FailOn.WARNING, FailOn.INFO]
    counted = order[: order.index(fail_on) + 1]
    if any(diagnostic.severity.value in counted for diagnostic in diagnostics):
        raise typer.Exit(ExitCode.DEFINITION)
