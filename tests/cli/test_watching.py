"""What is shown while a run is under way: whatever breaks it, the run goes on."""

import asyncio
from collections.abc import Callable

import pytest

from batchctl.cli.options import Color
from batchctl.cli.terminal import Terminal
from batchctl.cli.watching import shown_meanwhile


def test_a_view_that_breaks_does_not_take_the_result_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    broken = asyncio.Event()

    def news() -> Callable[[], str | None]:
        broken.set()
        raise ZeroDivisionError

    async def work() -> str:
        async with asyncio.timeout(60), shown_meanwhile(lambda _height: "", news, Terminal(Color.NEVER)):
            await broken.wait()
            return "the result"

    assert asyncio.run(work()) == "the result"
    assert "the progress can't be shown: ZeroDivisionError" in capsys.readouterr().err
