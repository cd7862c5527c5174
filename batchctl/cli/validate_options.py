"""The options of ``batchctl validate`` by subject; ``groups.grouped`` turns their fields into flags."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.cli.options import (
    AccountOption,
    AllowUnusedOption,
    ArgOption,
    ArgsFileOption,
    Color,
    ColorOption,
    ContextOption,
    EnvFileOption,
)
from batchctl.cli.row_options import EachFormatOption  # noqa: TC001 - typer reads it at run time
from batchctl.diagnostics import Severity
from batchctl.errors import UsageError
from batchctl.launch.row_sources import RowSource
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.definition.given import Given, InputFile


class ReportFormat(StrEnum):
    """The values of ``validate --format``, how the problems are printed.

    They are ``text``, ``concise``, ``json``, ``sarif``, ``github``, ``junit`` and ``gitlab``.
    """

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"
    GITLAB = "gitlab"


class FailOn(StrEnum):
    """The values of ``--fail-on``, the lowest severity that makes the exit code 1: ``error``, ``warning``, ``info``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def failing(self) -> tuple[Severity, ...]:
        """The severities that make the exit code 1, worst first."""
        levels = list(Severity)
        return tuple(levels[: levels.index(Severity(self.value)) + 1])


_RULES = "rule names, codes or beginnings of codes, with commas"


class RuleOptions(Struct, frozen=True):
    """The options that say which rules are checked, and which problems make the command fail."""

    TITLE: ClassVar = "Rules"

    select: Annotated[list[str] | None, typer.Option("--select", metavar="RULES", help=f"Only these: {_RULES}.")] = None
    ignore: Annotated[list[str] | None, typer.Option("--ignore", metavar="RULES", help="All but these.")] = None
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="From this severity on, exit with 1.")] = FailOn.ERROR
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found in the files.")] = False

    def chosen(self) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The names of the rules to check (None: all), and of those to leave out.

        Raises ``UsageError`` for a name, a code or the beginning of one that no rule has.
        """
        if not (self.select or self.ignore):
            return None, frozenset()
        from batchctl.diagnostics.selection import UnknownRule, rule_names

        try:
            select = rule_names(_words(self.select)) if self.select else None
            return select, rule_names(_words(self.ignore or ()))
        except UnknownRule as error:
            raise UsageError(str(error)) from error


class CheckInputOptions(Struct, frozen=True):
    """The options that say what a run would get in addition to the definition: account, arguments, variables, rows."""

    account: AccountOption = None
    arg: ArgOption = None
    args_file: ArgsFileOption = None
    env_file: EnvFileOption = None
    each: Annotated[
        str | None,
        typer.Option("--each", metavar="FILE|-", help="Check with the arguments of each row of a file or stdin."),
    ] = None
    each_format: EachFormatOption = None
    context: ContextOption = None
    allow_unused: AllowUnusedOption = False

    @property
    def rows(self) -> RowSource:
        """Where the rows come from that are checked."""
        return RowSource(self.each, self.each_format)

    def given(self) -> tuple[list[Given], tuple[InputFile, ...]]:
        """What each check gives to the definition (one check per row of ``--each``), and problems in argument files.

        Raises ``UsageError`` for arguments or rows that can't be read.
        """
        from batchctl.cli.command import GIVEN
        from batchctl.launch.inputs import Inputs

        given = Inputs(
            "",
            self.account,
            self.arg or (),
            self.args_file or (),
            allow_unused=self.allow_unused,
            context=self.context or (),
            named=GIVEN.named,
        ).given()
        if self.each is None:
            return [given], given.input_files
        if self.rows.is_accounts:
            raise UsageError(
                "--each accounts is for runs: validate makes no request, and does not know the accounts",
                hint="batchctl dry-run --each accounts checks each, and sends nothing else",
            )
        rows = list(self.rows.read())
        return [given.plus(row) for row in rows], (
            *given.input_files,
            *(each for row in rows for each in row.input_files),
        )


class ReportOptions(Struct, frozen=True):
    """The options for the report: its format, where it goes, and how much it shows."""

    TITLE: ClassVar = "Report"

    output_format: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="How to print what was found [default: text; with annotations on GitHub]."),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write the format to this file; the text stays on the screen."),
    ] = None
    max_problems: Annotated[
        int, typer.Option("--max-problems", min=0, help="Show at most N in text and concise; 0 shows all.")
    ] = 50
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing when nothing is wrong.")] = False
    color: ColorOption = Color.AUTO


class FixOptions(Struct, frozen=True):
    """The options for problems that have a safe automatic fix: fix them, or only show what would change."""

    TITLE: ClassVar = "Fixes"

    fix: Annotated[bool, typer.Option("--fix", help="Fix what is safe to fix, then check what is left.")] = False
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change; write nothing.")] = False

    def require_one(self) -> None:
        """Raise ``UsageError`` when both ``--fix`` and ``--diff`` are given."""
        if self.fix and self.diff:
            raise UsageError("--fix and --diff exclude each other")


def _words(options: Iterable[str]) -> list[str]:
    return [word for option in options for word in option.replace(",", " ").split()]
