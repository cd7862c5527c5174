"""What a run says on stderr."""

import pytest

from batchctl.cli.notices import resume_command
from batchctl.cli.options import Color
from batchctl.cli.run_options import ConnectionOptions
from batchctl.cli.terminal import Terminal, complain
from batchctl.errors import UsageError
from batchctl.execution.notices import Resumable
from batchctl.render.notices import words
from batchctl.structs import replace

USUAL = ConnectionOptions()


@pytest.mark.parametrize(
    ("connection", "command"),
    [
        (USUAL, "batchctl run --resume r-1"),
        (
            replace(USUAL, api_url="http://h/a b"),
            "batchctl run --resume r-1 --api-url 'http://h/a b'",
        ),
        (replace(USUAL, profile="{x}", allow_http=True), "batchctl run --resume r-1 --profile '{x}' --allow-http"),
        (replace(USUAL, token="made-up-token"), "batchctl run --resume r-1"),
    ],
)
def test_the_command_that_resumes_goes_to_the_same_place(connection: ConnectionOptions, command: str) -> None:
    assert words(Resumable("r-1"), resume_command(connection)) == f"to resume: {command}"


def test_what_controls_a_terminal_is_shown_in_notices_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """Notices quote what a service said: a title set, a line that is wiped out, text that runs backwards."""
    Terminal(Color.NEVER).note("the run \x1b]0;title\x07 is\r\u202e here\nand here")
    complain(UsageError("no\x1b[2K", hint="try\x1b[A"))
    told = capsys.readouterr().err
    assert told == "the run \\x1b]0;title\\x07 is\\r\\u202e here\nand here\nerror: no\\x1b[2K\n  hint: try\\x1b[A\n"
