import asyncio

from batchctl.blocking import wait_for


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
