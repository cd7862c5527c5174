import asyncio
import signal

import pytest

from batchctl.blocking import interrupt, wait_for


class Shy:
    """A result whose repr must not be made."""

    def __repr__(self) -> str:
        raise AssertionError("somebody made the repr of the result")


def test_the_result_comes_back_untouched() -> None:
    shy = Shy()

    async def work() -> Shy:
        await asyncio.sleep(0)
        return shy

    assert wait_for(work()) is shy


def test_an_interrupt_without_work_is_one() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_work_that_has_no_answer_to_an_interrupt_ends_with_it() -> None:
    async def work() -> None:
        interrupt()
        await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        wait_for(work())
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_what_work_returns_when_it_is_interrupted_is_the_result() -> None:
    async def work() -> str:
        interrupt()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "what there was"
        return "never"

    assert wait_for(work()) == "what there was"


@pytest.mark.parametrize("answers", [False, True], ids=["without an answer", "with an answer"])
def test_control_c(answers: bool) -> None:
    async def work() -> str:
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not answers:
                raise
        return "what there was"

    if answers:
        assert wait_for(work()) == "what there was"
    else:
        with pytest.raises(KeyboardInterrupt):
            wait_for(work())


def test_control_c_at_the_very_end_loses_nothing() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        signal.raise_signal(signal.SIGINT)
        return "all of it"

    assert wait_for(work()) == "all of it"


def test_an_error_comes_through() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise LookupError("x")

    with pytest.raises(LookupError, match="x"):
        wait_for(work())
