"""What a rule finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.diagnostics import Fix, Related, Severity, Span
    from batchctl.json_types import DataPath, JsonValue


class Blame(NamedTuple):
    """An argument whose value is at fault, by its path; ``wanted`` is a value that would be right."""

    argument: tuple[object, ...]
    wanted: JsonValue = None


class Finding(Struct, frozen=True):
    """A violation of a rule, before the rule's name, code and (if ``severity`` is None) severity are added.

    ``blame`` is the argument whose value is at fault. ``help`` is what may help, ``related`` are other places in the
    file that have to do with it, ``resource`` is the key of the resource around it.
    """

    message: str
    path: DataPath
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    resource: str | None = None
    fix: Fix | None = None
    severity: Severity | None = None
    blame: Blame | None = None
