"""Options of ``batchctl sync FILE`` by subject."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.cli.deliver_options import WebhookSecretOption  # noqa: TC001 - typer reads it at run time
from batchctl.cli.options import (  # noqa: TC001 - typer reads them at run time
    FixturesOption,
    ReportHtmlOption,
    ReportJsonOption,
    ReportJunitOption,
)
from batchctl.cli.output_options import JunitCasesOption, Output, OutputOptions
from batchctl.cli.row_options import RunRowOptions
from batchctl.cli.run_options import (
    CommandLine,
    ConnectionOptions,
    EngineOptions,
    InputOptions,
    ModeOptions,
    ScreenOptions,
)
from batchctl.errors import UsageError
from batchctl.structs import Struct, field, fields

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.launch.sync import SyncOptions


class ErrorHandling(StrEnum):
    """The values of ``--error-handling``: ``fail_fast``, ``ignore`` or ``batch``.

    They are those of ``error_handling`` of Truto's ``POST /sync-job-run``.
    """

    FAIL_FAST = "fail_fast"
    IGNORE = "ignore"
    BATCH = "batch"


class SyncExecutorOptions(Struct, frozen=True):
    """The options that choose who runs the job: this machine (over fixtures or Truto's API), or Truto."""

    TITLE: ClassVar = "Executor"

    local: Annotated[bool, typer.Option("--local", help="Over fixtures: no token. This is the default.")] = False
    direct: Annotated[bool, typer.Option("--direct", help="Over Truto's unified and proxy API.")] = False
    on_truto: Annotated[
        bool, typer.Option("--on-truto", help="Push the job, start a run of it in Truto, and follow it.")
    ] = False
    fixtures: FixturesOption = None

    def require_one(self) -> None:
        """Raise ``UsageError`` where more than one of ``--local``, ``--direct`` and ``--on-truto`` is given."""
        if self.local + self.direct + self.on_truto > 1:
            raise UsageError("--local, --direct and --on-truto can't be combined", hint="choose one")


class SyncDeliveryOptions(Struct, frozen=True):
    """The options that say where the records and the state of a run on this machine go."""

    TITLE: ClassVar = "Delivery"

    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="[NAME=]URL",
            help="Where records go: dir:PATH, s3://…, webhook:URL or a database [default: dir:sync-out].",
        ),
    ] = None
    state: Annotated[Path | None, typer.Option("--state", metavar="FILE", help="The file of the job's state.")] = None
    webhook_secret: WebhookSecretOption = None


class SyncRunOptions(Struct, frozen=True):
    """The options for the run itself: what errors do, whether earlier runs count, which run is resumed."""

    TITLE: ClassVar = "Run"

    error_handling: Annotated[
        ErrorHandling,
        typer.Option(
            "--error-handling",
            help="fail_fast stops at the first error; batch, for runtime 2, lists all errors in the run.",
        ),
    ] = ErrorHandling.IGNORE
    ignore_previous_run: Annotated[
        bool,
        typer.Option("--ignore-previous-run", help="Read no state or date of an earlier run: everything is fetched."),
    ] = False
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="Resume a run: its id, the beginning of it, or latest."),
    ] = None

    def run_options(self) -> JsonObject:
        """``error_handling`` and ``ignore_previous_run``, as keys of the body of Truto's ``POST /sync-job-run``.

        Both are always there: a text, and True or False.
        """
        return {"error_handling": self.error_handling.value, "ignore_previous_run": self.ignore_previous_run}


class TrutoOptions(Struct, frozen=True):
    """The options that only go with ``--on-truto``, and ``force``, which also goes with a run on this machine."""

    TITLE: ClassVar = "On Truto"

    yes: Annotated[bool, typer.Option("--yes", "-y", help="Change the job in Truto without being asked.")] = False
    force: Annotated[
        bool, typer.Option("--force", help="Run past the mutex; on Truto, overwrite a change of somebody else, too.")
    ] = False
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Start the run and don't follow it.")] = False
    interval_s: Annotated[
        float, typer.Option("--interval", min=0.05, metavar="SECONDS", help="How often to ask for its state.")
    ] = 10
    webhook_id: Annotated[
        str | None,
        typer.Option("--webhook-id", metavar="ID", help="Runtime 1 to 3: the webhook of the records."),
    ] = None
    daemon_group: Annotated[
        str | None, typer.Option("--daemon-group", metavar="KEY", help="Runtime 1 to 3: the daemons that store them.")
    ] = None

    def run_options(self) -> JsonObject:
        """``webhook_id``, ``daemon_group_key`` and ``force``, as keys of the body of Truto's ``POST /sync-job-run``.

        All three are always there; the first two are None where the option is not given.
        """
        return {"webhook_id": self.webhook_id, "daemon_group_key": self.daemon_group, "force": self.force}

    def require_unused(self) -> None:
        """Raise ``UsageError`` for any of these options but ``force``, since the run is not on Truto."""
        for each in fields(self):
            if each.name != "force" and getattr(self, each.name) != each.default:
                raise UsageError(f"--{each.name.removesuffix('_s').replace('_', '-')} goes with --on-truto")


class SyncReportOptions(Struct, frozen=True):
    """The options for the reports of a run on this machine, the same as those of ``batchctl run``."""

    TITLE: ClassVar = "Reports"

    report_junit: ReportJunitOption = None
    junit_cases: JunitCasesOption = None
    report_json: ReportJsonOption = None
    report_html: ReportHtmlOption = None
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="PATH", help="Write how the run ended to a file, or to a folder per row in DIR/."
        ),
    ] = None

    def output(self, output: Output | None = None) -> OutputOptions:
        """These options as part of the output options of ``batchctl run``; ``output`` is that of ``-o``, if given."""
        return OutputOptions(
            output=output,
            out=self.out,
            report_junit=self.report_junit,
            junit_cases=self.junit_cases,
            report_json=self.report_json,
            report_html=self.report_html,
        )


class SyncLine(Struct, frozen=True):
    """All options of ``batchctl sync FILE`` but the format, by subject."""

    executor: SyncExecutorOptions = SyncExecutorOptions()
    deliver: SyncDeliveryOptions = field(default_factory=SyncDeliveryOptions)
    how: SyncRunOptions = SyncRunOptions()
    truto: TrutoOptions = TrutoOptions()
    reports: SyncReportOptions = SyncReportOptions()
    rows: RunRowOptions = field(default_factory=RunRowOptions)
    inputs: InputOptions = InputOptions()
    connection: ConnectionOptions = ConnectionOptions()
    engine: EngineOptions = EngineOptions()
    screen: ScreenOptions = ScreenOptions()

    def asked(self) -> SyncOptions:
        """The options for a run on this machine that runs of batches do not have in the same form."""
        from batchctl.launch.sync import SyncOptions

        return SyncOptions(
            self.executor.direct,
            self.deliver.to or (),
            self.deliver.state,
            self.deliver.webhook_secret,
            self.how.error_handling.value,
            self.how.ignore_previous_run,
            self.truto.force,
            self.how.resume,
        )

    def command_line(self, output: Output | None) -> CommandLine:
        """These options as those of ``batchctl run``; ``output`` is the value of ``-o``."""
        executor = self.executor
        return CommandLine(
            ModeOptions(executor.local, executor.direct, executor.fixtures, self.how.resume),
            self.rows,
            self.inputs,
            connection=self.connection,
            engine=self.engine,
            output=self.reports.output(output),
            screen=self.screen,
        )

    def require_none_here(self) -> None:
        """Raise ``UsageError`` for an option that only a run on this machine has, since the run is on Truto."""
        here: dict[str, object] = {"--to": self.deliver.to, "--state": self.deliver.state}
        here |= {"--fixtures": self.executor.fixtures, "--context": self.engine.context, "--each": self.rows.each}
        for name, value in (here | self.reports.output().written).items():
            if value:
                hint = "Truto has its own destinations and state"
                raise UsageError(f"{name} goes with a run on this machine", hint=hint)
        if self.inputs.only or self.inputs.skip:
            raise UsageError("--only and --skip go with a run on this machine", hint="Truto runs the job as a whole")
