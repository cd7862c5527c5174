"""A turn that tasks and processes take: who fails to get it does not keep it from the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from batchctl.errors import StoreError
from batchctl.fleet.turn import Turn

if TYPE_CHECKING:
    from pathlib import Path


def test_a_turn_whose_file_can_not_be_used_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "turn.lock").mkdir()
    turn = Turn(tmp_path / "turn.lock")

    async def taken() -> bool:
        async with turn:
            return True

    async def go() -> bool:
        with pytest.raises(StoreError):
            await taken()
        (tmp_path / "turn.lock").rmdir()
        return await asyncio.wait_for(taken(), 60)

    assert asyncio.run(go())


def test_one_has_it_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most = 0

    async def work(turn: Turn, number: int) -> None:
        nonlocal most
        async with turn:
            inside.append(number)
            most = max(most, len(inside))
            await asyncio.sleep(0)
            inside.remove(number)

    async def go() -> None:
        # Two of one loop and one of another process, which has a turn of its own.
        same, other = Turn(tmp_path / "turn.lock"), Turn(tmp_path / "turn.lock")
        async with asyncio.timeout(120):
            await asyncio.gather(*(work(each, number) for number, each in enumerate((same, same, other) * 5)))

    asyncio.run(go())
    assert (most, inside) == (1, [])
