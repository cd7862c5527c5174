"""The library's face: read a definition, run it over fixtures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.blocking import wait_for
from batchctl.engine.backends.local import local_backend
from batchctl.engine.executor import execute
from batchctl.errors import UsageError
from batchctl.files import reason_of
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.definition.model import BatchDefinition
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject
    from batchctl.preparation import Prepared


def _prepared(path: str | Path, environment: Mapping[str, str] | None, args: JsonObject | None) -> Prepared:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"can't read {path}: {reason_of(error)}") from error
    return prepare(data, file=str(path), environment=environment, args=args)


def load(
    path: str | Path, *, environment: Mapping[str, str] | None = None, args: JsonObject | None = None
) -> BatchDefinition:
    """The definition in a file. ``environment`` fills ``${VAR}``, ``args`` win over the file's.

    Raises ``UsageError`` when it can't be read, ``DefinitionError`` with diagnostics when it has errors.
    """
    return _prepared(path, environment, args).require_plan().definition


def run(
    path: str | Path,
    *,
    fixtures: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
    args: JsonObject | None = None,
) -> RunResult:
    """Run a file with the embedded engine over ``fixtures`` (else the file's key, else ``fixtures/`` beside it).

    Failed calls are part of the result. Raises what ``load`` raises, and ``FixtureError``.
    """
    plan = _prepared(path, environment, args).require_plan()
    folder = Path(fixtures) if fixtures else Path(path).parent / (plan.definition.fixtures or "fixtures")
    return wait_for(execute(plan, local_backend(folder, plan.definition.integrated_account_id)))
