"""Problems in the user's file, as values: never raised, never printed from here."""

from batchctl.diagnostics.diagnostic import (
    START,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Related,
    Severity,
    Span,
    json_path,
)

__all__ = ["START", "Diagnostic", "Edit", "Fix", "Position", "Related", "Severity", "Span", "json_path"]
