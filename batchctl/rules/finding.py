"""What a rule finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.diagnostics import Fix, Related, Severity, Span
    from batchctl.json_types import DataPath, JsonValue


class Blame(NamedTuple):
    """The argument whose value is the cause of a finding: ``argument`` is its path below ``args``.

    ``wanted`` is a value that would be right, None where none is known.
    """

    argument: tuple[object, ...]
    wanted: JsonValue = None


class Finding(Struct, frozen=True):
    """One violation of a rule in a file; its name, code and usual severity are added later.

    ``path`` is where it is in the data (from its top: ``("resources", 0, "id")``), ``span`` where in the text. ``help``
    says what to do, ``related`` are other places in the file that have to do with it, ``resource`` is the key of the
    resource around it, ``fix`` a change that can be made automatically. ``severity`` None takes the rule's. ``blame``
    is the argument whose value is the cause.
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
