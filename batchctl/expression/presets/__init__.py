"""Truto's functions, one module per preset."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.expression.hosting import Hosted


@cache
def hosted() -> Mapping[str, Hosted]:
    """All that are written in Python, by name."""
    from batchctl.expression.presets import data, encoding, lodash, notion, replaced

    return {**replaced.FUNCTIONS, **data.FUNCTIONS, **lodash.FUNCTIONS, **encoding.FUNCTIONS, **notion.FUNCTIONS}
