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
