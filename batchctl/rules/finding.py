"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.diagnostics import Fix, Related, Severity, Span
    from batchctl.json_types import DataPath


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, before the rule's name, number and (where it has none of its own) severity are put on it."""

    message: str
    path: DataPath
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    resource: str | None = None
    fix: Fix | None = None
    severity: Severity | None = None
