"""``python -m batchctl`` and the console script: run a command, answer with its exit code."""

from __future__ import annotations

# Nothing that takes a moment: until ``end_at_once`` Ctrl-C gives Python's own traceback.
import gc
import os
import sys


def main() -> None:
    """Run the command line, and end the process with its exit code. Every error ends here, in a sentence on stderr.

    Raises ``SystemExit``, except after ``--version``.
    """
    if sys.argv[1:] == ["--version"]:
        _write_version()
        return
    from batchctl.cli.signals import end_at_once

    end_at_once()
    import errno
    import shutil

    from batchctl.cli.app import app
    from batchctl.cli.command import DEBUGGING, GIVEN, MAX_HELP_WIDTH
    from batchctl.cli.usage import TyperError, is_help, usage_error
    from batchctl.errors import BatchctlError, ExitCode
    from batchctl.files import not_written

    _open_streams()
    if "_BATCHCTL_COMPLETE" in os.environ:
        from batchctl.cli.completion import register_shells

        register_shells()
    DEBUGGING.wanted = False
    columns = max(20, min(shutil.get_terminal_size().columns, MAX_HELP_WIDTH))
    try:
        try:
            code = app(prog_name="batchctl", standalone_mode=False, terminal_width=columns)
        except TyperError as error:
            if is_help(error):
                sys.stderr.write(str(error) + "\n")
                sys.exit(ExitCode.USAGE)
            raise usage_error(error) from None
    except BatchctlError as error:
        from batchctl.cli.terminal import complain

        GIVEN.explain(error)
        complain(error)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw is said in a sentence
        from batchctl.cli.terminal import complain, report_bug

        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            complain(not_written(error.filename or "stdout", error))
            sys.exit(ExitCode.USAGE)
        report_bug(error, debug=DEBUGGING.wanted)
        sys.exit(ExitCode.BUG)
    sys.exit(code or ExitCode.OK)


def _write_version() -> None:
    """Print the version before anything else is imported."""
    from batchctl import __version__

    if sys.stdout is None:
        return
    try:
        sys.stdout.write(f"batchctl {__version__}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)
    except OSError as error:
        sys.stderr.write(f"error: can't write to stdout: {(error.strerror or str(error)).lower()}\n")
        # What is still in the buffer can't be written at exit either.
        sys.stderr.flush()
        os._exit(2)


def _open_streams() -> None:
    """A stream that the shell has closed (``>&-``) discards what is written."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end


def start() -> None:
    """Run the command line in a process of its own: what the console script calls.

    It ends with ``SystemExit``, or ends the process itself where nothing is left to be closed; after Ctrl-C with code
    130.
    """
    # What is imported stays: with Python's own thresholds it is looked through for garbage again and again.
    gc.set_threshold(200_000, 20, 100)
    try:
        main()
    except KeyboardInterrupt:
        # Before a command could take it: nothing was begun that has to be put away.
        sys.stderr.write("interrupted\n")
        sys.stderr.flush()
        os._exit(130)
    except SystemExit as error:
        if sys.argv[1:2] != ["validate"] or not isinstance(error.code, int):
            raise
        # Nothing is open that would have to be closed, and taking the interpreter apart takes a tenth of
        # the time of a small file, and more of a large one.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(error.code)
    finally:
        # Nor has the end of the interpreter, which looks through everything twice, anything to find.
        gc.freeze()


if __name__ == "__main__":
    start()
