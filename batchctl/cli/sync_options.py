"""Options of ``batchctl sync FILE`` that go with a run in Truto."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.cli.options import (  # noqa: TC001 - typer reads them at run time
    ReportHtmlOption,
    ReportJsonOption,
    ReportJunitOption,
)
from batchctl.cli.run_options import OutputOptions
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class TrutoOptions:
    """What goes with ``--on-truto`` alone, but for ``force``."""

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
        """The keys of ``POST /sync-job-run`` that they are."""
        return {"webhook_id": self.webhook_id, "daemon_group_key": self.daemon_group, "force": self.force}

    def require_unused(self) -> None:
        """Raise ``UsageError`` where one is given and nothing is run on Truto."""
        for each in fields(self):
            if each.name != "force" and getattr(self, each.name) != each.default:
                raise UsageError(f"--{each.name.removesuffix('_s').replace('_', '-')} goes with --on-truto")


@dataclass(frozen=True, slots=True)
class SyncReportOptions:
    """The reports of a run on this machine, the same as those of ``batchctl run``."""

    TITLE: ClassVar = "Reports"

    report_junit: ReportJunitOption = None
    report_json: ReportJsonOption = None
    report_html: ReportHtmlOption = None

    def output(self) -> OutputOptions:
        """The same as options of an output."""
        return OutputOptions(report_junit=self.report_junit, report_json=self.report_json, report_html=self.report_html)
