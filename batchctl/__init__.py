"""Check, preview and run batch definitions for Truto's ``POST /batch-request``.

``load`` reads a definition, ``validate`` says what is wrong with it, ``dry_run`` shows every request and ``compare``
what differs between two of them, ``run`` executes it; ``dry_run_each`` and ``run_each`` do so once per row, and
``run_sync`` runs a sync job, ``run_sync_each`` once per row. The names with an ``a`` before them (``arun``) are for
asynchronous code, ``prepare`` takes text instead of a file, ``write_result`` writes a result to files. Results,
diagnostics and errors are exported here, too; ``docs/library.md`` has the examples.
Every name is imported when it is first used, so that ``import batchctl`` costs nothing.
"""

from __future__ import annotations

# What type checkers take for true, without ``typing``, which is the slowest thing that a start would import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from batchctl.api import adry_run, compare, dry_run, load, validate, write_result
    from batchctl.api_rows import PreviewedRow, adry_run_each, arun_each, dry_run_each, run_each
    from batchctl.api_run import arun, run
    from batchctl.api_settings import InputSettings, RowsSettings, RunSettings, SyncSettings
    from batchctl.api_sync import arun_sync, run_sync
    from batchctl.api_sync_rows import arun_sync_each, run_sync_each
    from batchctl.definition.model import BatchDefinition
    from batchctl.diagnostics import Diagnostic, Position, Severity, Span
    from batchctl.engine.backends.answers import Answers
    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.events import Event, Observer
    from batchctl.engine.options import RunOptions
    from batchctl.engine.result import Failed, NotReached, Outcome, RunResult, Skipped, Succeeded
    from batchctl.errors import (
        BadAnswer,
        BatchctlError,
        ConnectionFailed,
        CredentialsError,
        Declined,
        DefinitionError,
        DeliveryFailed,
        ExitCode,
        ExpressionError,
        FixtureError,
        Interrupted,
        Refused,
        RunStopped,
        RunUnderWay,
        ServiceError,
        StoreError,
        TemplateError,
        TimedOut,
        Unanswered,
        UsageError,
    )
    from batchctl.execution.notices import Notice, Notify
    from batchctl.execution.row_end import RowEnd
    from batchctl.execution.rows import RowsResult
    from batchctl.execution.sync import SyncResult
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.preparation import Prepared, prepare
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore
    from batchctl.truto.calls import Call

__version__ = "0.1.0"
_NAMES = {
    "batchctl.api": ("adry_run", "compare", "dry_run", "load", "validate", "write_result"),
    "batchctl.api_rows": ("PreviewedRow", "adry_run_each", "arun_each", "dry_run_each", "run_each"),
    "batchctl.api_run": ("arun", "run"),
    "batchctl.api_settings": ("InputSettings", "RowsSettings", "RunSettings", "SyncSettings"),
    "batchctl.api_sync": ("arun_sync", "run_sync"),
    "batchctl.api_sync_rows": ("arun_sync_each", "run_sync_each"),
    "batchctl.definition.model": ("BatchDefinition",),
    "batchctl.diagnostics": ("Diagnostic", "Position", "Severity", "Span"),
    "batchctl.engine.backends.answers": ("Answers",),
    "batchctl.engine.backends.base": ("Backend", "Reply"),
    "batchctl.engine.events": ("Event", "Observer"),
    "batchctl.engine.options": ("RunOptions",),
    "batchctl.engine.result": ("Failed", "NotReached", "Outcome", "RunResult", "Skipped", "Succeeded"),
    "batchctl.errors": (
        "BadAnswer",
        "BatchctlError",
        "ConnectionFailed",
        "CredentialsError",
        "Declined",
        "DefinitionError",
        "DeliveryFailed",
        "ExitCode",
        "ExpressionError",
        "FixtureError",
        "Interrupted",
        "Refused",
        "RunStopped",
        "RunUnderWay",
        "ServiceError",
        "StoreError",
        "TemplateError",
        "TimedOut",
        "Unanswered",
        "UsageError",
    ),
    "batchctl.execution.notices": ("Notice", "Notify"),
    "batchctl.execution.row_end": ("RowEnd",),
    "batchctl.execution.rows": ("RowsResult",),
    "batchctl.execution.sync": ("SyncResult",),
    "batchctl.plan.preview": ("Preview", "PreviewedResource"),
    "batchctl.preparation": ("Prepared", "prepare"),
    "batchctl.store.facts": ("RunFacts",),
    "batchctl.store.runs": ("RunStore",),
    "batchctl.truto.calls": ("Call",),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}
__all__ = [
    "Answers",
    "Backend",
    "BadAnswer",
    "BatchDefinition",
    "BatchctlError",
    "Call",
    "ConnectionFailed",
    "CredentialsError",
    "Declined",
    "DefinitionError",
    "DeliveryFailed",
    "Diagnostic",
    "Event",
    "ExitCode",
    "ExpressionError",
    "Failed",
    "FixtureError",
    "InputSettings",
    "Interrupted",
    "NotReached",
    "Notice",
    "Notify",
    "Observer",
    "Outcome",
    "Position",
    "Prepared",
    "Preview",
    "PreviewedResource",
    "PreviewedRow",
    "Refused",
    "Reply",
    "RowEnd",
    "RowsResult",
    "RowsSettings",
    "RunFacts",
    "RunOptions",
    "RunResult",
    "RunSettings",
    "RunStopped",
    "RunStore",
    "RunUnderWay",
    "ServiceError",
    "Severity",
    "Skipped",
    "Span",
    "StoreError",
    "Succeeded",
    "SyncResult",
    "SyncSettings",
    "TemplateError",
    "TimedOut",
    "Unanswered",
    "UsageError",
    "__version__",
    "adry_run",
    "adry_run_each",
    "arun",
    "arun_each",
    "arun_sync",
    "arun_sync_each",
    "compare",
    "dry_run",
    "dry_run_each",
    "load",
    "prepare",
    "run",
    "run_each",
    "run_sync",
    "run_sync_each",
    "validate",
    "write_result",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'batchctl' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
