"""The options of ``batchctl run`` by subject; ``groups.grouped`` turns their fields into flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.cli.deliver_options import DeliveryOptions
from batchctl.cli.options import (
    AccountOption,
    AllowHttpOption,
    AllowUnusedOption,
    ArgOption,
    ArgsFileOption,
    Color,
    ColorOption,
    ContextOption,
    EnvFileOption,
    FixturesOption,
    GivenUrlOption,
    OnlyOption,
    ProfileOption,
    QuietOption,
    SkipOption,
    TokenOption,
)
from batchctl.cli.output_options import OutputOptions
from batchctl.cli.row_options import RunRowOptions
from batchctl.cli.suggest import request_beginnings, run_ids
from batchctl.errors import UsageError
from batchctl.launch.api import ApiOptions
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.options import RunOptions
    from batchctl.launch.inputs import Inputs


class InputOptions(Struct, frozen=True):
    """The options that decide what is in the batch: arguments, variables, account, resources."""

    TITLE: ClassVar = "Batch"

    account: AccountOption = None
    arg: ArgOption = None
    args_file: ArgsFileOption = None
    env_file: EnvFileOption = None
    only: OnlyOption = None
    skip: SkipOption = None
    allow_unused: AllowUnusedOption = False

    def of(self, file: str, context: Sequence[str] | None = None, fixtures: Path | None = None) -> Inputs:
        """The inputs for ``file`` (``-``: stdin) with these options.

        ``context`` are the texts of ``--context`` and ``fixtures`` is the folder of ``--fixtures``, None without it.
        """
        from batchctl.cli.command import GIVEN
        from batchctl.launch.inputs import Inputs
        from batchctl.plan.selection import SKIP

        return Inputs(
            file,
            self.account,
            self.arg or (),
            self.args_file or (),
            self.env_file,
            [*(self.only or ()), *(f"{SKIP}{word}" for word in self.skip or ())],
            allow_unused=self.allow_unused,
            context=context or (),
            named=GIVEN.named,
            fixtures=fixtures,
        )


class ModeOptions(Struct, frozen=True):
    """The options that choose who executes the batch: Truto, or the embedded engine."""

    TITLE: ClassVar = "Executor"

    local: Annotated[bool, typer.Option("--local", help="Run with the embedded engine over fixtures: no token.")] = (
        False
    )
    direct: Annotated[
        bool, typer.Option("--direct", help="Run with the embedded engine over Truto's unified and proxy API.")
    ] = False
    fixtures: FixturesOption = None
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume", metavar="RUN", autocompletion=run_ids, help="Resume an earlier run; batchctl runs lists them."
        ),
    ] = None


class ConnectionOptions(ApiOptions, frozen=True):
    """The options that say which API to call, with which credentials, and how long to wait for it."""

    TITLE: ClassVar = "Connection"

    token: TokenOption = None
    profile: ProfileOption = None
    api_url: GivenUrlOption = None
    allow_http: AllowHttpOption = False
    timeout_s: Annotated[
        float,
        typer.Option("--timeout", min=0.001, metavar="SECONDS", help="Longest silence to wait through."),
    ] = 300
    connect_timeout_s: Annotated[
        float,
        typer.Option("--connect-timeout", min=0.001, metavar="SECONDS", help="Longest wait for a connection."),
    ] = 30
    call_timeout_s: Annotated[
        float | None,
        typer.Option(
            "--call-timeout",
            min=0.001,
            metavar="SECONDS",
            help="Longest that one attempt may take as a whole [default: 600 with --direct, else no limit].",
        ),
    ] = None
    max_answer_mib: Annotated[
        int | None,
        typer.Option(
            "--max-answer-mib",
            min=1,
            metavar="MIB",
            help="Largest answer that is read, unpacked [default: 64 with --direct, else 65536].",
        ),
    ] = None
    max_unpack_ratio: Annotated[
        int,
        typer.Option(
            "--max-unpack-ratio",
            min=1,
            metavar="N",
            help="An answer over 16 MiB may unpack to this many times what was sent.",
        ),
    ] = 200
    retries: Annotated[
        int, typer.Option("--retries", min=0, max=20, help="More attempts where a request may be sent again.")
    ] = 3
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key",
            metavar="KEY",
            help="Makes a batch that writes safe to send again [default: a new one].",
        ),
    ] = None


class EngineOptions(Struct, frozen=True):
    """The options for how the embedded engine works: limits, errors, and what it knows of the account."""

    TITLE: ClassVar = "Engine"

    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=200, help="Calls in progress at once, in the embedded engine.")
    ] = 10
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Start nothing more after the first failed call, in the engine.")
    ] = False
    max_depth: Annotated[
        int, typer.Option("--max-depth", min=1, help="Levels that recurse may go down, in the embedded engine.")
    ] = 100
    max_pages: Annotated[int, typer.Option("--max-pages", min=1, help="Most pages of one list, in the engine.")] = (
        100_000
    )
    rate_limit: Annotated[
        str | None,
        typer.Option(
            "--rate-limit",
            metavar="ACCOUNT[,TOKEN]",
            help="Most calls in 10 s with --direct, or off [default: 50,500 on Truto, off elsewhere].",
        ),
    ] = None
    run_timeout_s: Annotated[
        float | None,
        typer.Option("--run-timeout", min=0.001, metavar="SECONDS", help="Stop a --direct run after this time."),
    ] = None

    context: ContextOption = None

    def chosen(self, *, allow_unresolved: bool = False) -> RunOptions:
        """These options as the engine takes them.

        With ``allow_unresolved`` the text of placeholders without a value is sent.
        """
        from batchctl.engine.options import RunOptions

        return RunOptions(
            concurrency=self.concurrency,
            fail_fast=self.fail_fast,
            max_depth=self.max_depth,
            allow_unresolved=allow_unresolved,
            max_pages=self.max_pages,
        )


class CheckOptions(Struct, frozen=True):
    """The options for checks: warnings, placeholders without a value, accepted failures, a question before deletes."""

    TITLE: ClassVar = "Checks"

    no_warnings: Annotated[bool, typer.Option("--no-warnings", help="Do not show the file's warnings.")] = False
    allow_unresolved: Annotated[
        bool, typer.Option("--allow-unresolved", help="Send placeholders that have no value literally.")
    ] = False
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="RESOURCE=STATUS",
            autocompletion=request_beginnings,
            help="A failure that is known: reported, but the run succeeds; repeatable, as x-accept in the file.",
        ),
    ] = None
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before a batch that deletes.")] = False


class ScreenOptions(Struct, frozen=True):
    """The options for how a command writes to the screen: colour, ASCII alone, notices."""

    TITLE: ClassVar = "Screen"

    quiet: QuietOption = False
    color: ColorOption = Color.AUTO
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Draw with ASCII characters alone.")] = False

    def terminal(self, token: str | None = None) -> Terminal:
        """The terminal of a command with these options; ``token``, if there is one, is masked from the beginning."""
        from batchctl.cli.terminal import Terminal

        secrets = [token] if token else []
        return Terminal(self.color, quiet=self.quiet, secrets=secrets, ascii_only=self.ascii_only)


class CommandLine(Struct, frozen=True):
    """All options of ``batchctl run``, by subject."""

    mode: ModeOptions = ModeOptions()
    rows: RunRowOptions = field(default_factory=RunRowOptions)
    inputs: InputOptions = InputOptions()
    connection: ConnectionOptions = ConnectionOptions()
    engine: EngineOptions = EngineOptions()
    checks: CheckOptions = CheckOptions()
    output: OutputOptions = field(default_factory=OutputOptions)
    screen: ScreenOptions = ScreenOptions()
    deliver: DeliveryOptions = field(default_factory=DeliveryOptions)

    def require_one_run(self, files: int = 1) -> None:
        """Raise ``UsageError`` for ``--to`` with more than one file, or with a place that workers can't reach.

        ``files`` is how many files are run.
        """
        if not self.deliver.to:
            return
        if files > 1:
            raise UsageError("--to delivers the records of one file, not of several")
        self.rows.require_reachable(self.deliver.to)

    def inputs_of(self, file: str) -> Inputs:
        """The inputs for ``file`` (``-``: stdin) with the options of this command line."""
        from batchctl.execution.plan_for import UNRESOLVED_RULE

        tolerated = (UNRESOLVED_RULE,) if self.checks.allow_unresolved else ()
        given = self.inputs.of(file, self.engine.context, self.mode.fixtures)
        return replace(given, accept=self.checks.accept or (), tolerated=tolerated)

    def chosen_options(self) -> RunOptions:
        """The options of the engine for this run, with ``--allow-unresolved``, as the engine takes them."""
        return self.engine.chosen(allow_unresolved=self.checks.allow_unresolved)
