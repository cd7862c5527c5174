"""``batchctl run``: its options."""

from __future__ import annotations

from batchctl.cli.groups import grouped
from batchctl.cli.options import OptionalFilesArgument
from batchctl.cli.run_options import CommandLine


@grouped
def run(file: OptionalFilesArgument = None, *, line: CommandLine) -> None:
    """Run a batch and show what came back, resource by resource.

    Several files are run side by side, each as its own batch, and shown as one tree and one report.
    """
    from batchctl.cli.running import run_files

    run_files(list(file or ()), line)
