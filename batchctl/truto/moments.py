"""Moments as the API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def iso_moment(moment: datetime) -> str:
    """A time in UTC as text, in milliseconds, as JavaScript's ``toISOString`` has it: ``2026-01-02T03:04:05.678Z``."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
