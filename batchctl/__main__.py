"""``python -m batchctl`` and the console script: run a command, answer with its exit code."""

from __future__ import annotations

import sys

from batchctl.errors import BatchctlError, ExitCode


def main() -> None:
    """Run the command line. Every error ends here: a sentence on stderr, and the exit code that belongs to it."""
    from batchctl.cli.app import app

    try:
        app(prog_name="batchctl")
    except BatchctlError as error:
        from batchctl.cli.terminal import complain

        complain(error)
        sys.exit(error.exit_code)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        from batchctl.cli.terminal import report_bug

        report_bug(error)
        sys.exit(ExitCode.BUG)


if __name__ == "__main__":
    main()
