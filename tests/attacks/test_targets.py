"""Fixed seeds at every target, some two minutes in all; ``python -m tests.attacks --minutes 30`` takes new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from attacks.fuzzing import attempts
from attacks.targets import Targets

if TYPE_CHECKING:
    from pathlib import Path

# So many that each target takes some seconds.
SEEDS = {
    "loader": 600, "template": 9000, "expression": 6000, "fixtures": 450, "answers": 500, "rows": 3000, "env": 15_000,
    "config": 3000, "stores": 250, "saved JSON": 15_000,
}  # fmt: skip
# Inputs that once ended in a traceback.
FOUND = {"loader": (305138973,), "stores": (499605925, 499605926, 499606249)}


@pytest.mark.parametrize("target", SEEDS)
def test_whatever_comes_ends_in_a_result_or_a_sentence(target: str, tmp_path: Path) -> None:
    targets = Targets(tmp_path)
    assert targets.all.keys() == SEEDS.keys()
    seeds = [*FOUND.get(target, ()), *range(SEEDS[target])]
    faults = [fault for fault in attempts(target, targets.all[target], seeds) if fault is not None]
    assert faults == []


def test_a_door_that_breaks_or_hangs_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from attacks import fuzzing

    monkeypatch.setattr(fuzzing, "MAX_S", 1)

    def broken(_random: object) -> None:
        raise KeyError("x")

    def hanging(_random: object) -> None:
        while True:
            pass

    (fault,) = attempts("a", broken, [7])
    assert fault is not None
    assert (fault.target, fault.seed) == ("a", 7)
    assert "KeyError" in fault.text
    (fault,) = attempts("a", hanging, [8])
    assert fault is not None
    assert "longer than" in fault.text
