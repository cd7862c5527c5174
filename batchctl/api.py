"""The library's face: whatever the commands do, without a terminal. ``docs/library.md`` has an example of each.

Here are checks and previews; ``api_run``, ``api_rows`` and ``api_sync`` run batches, batches of many rows, and sync
jobs. The plain functions start an event loop; inside a running one, as in an asynchronous web server or a notebook,
use their twins, whose names begin with ``a``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, Unpack, get_args

from batchctl.api_forms import CALLABLE, FLAG, PATH, TEXTS, Form, require, usable
from batchctl.api_settings import InputSettings, prepared_file, records_of
from batchctl.blocking import wait_for
from batchctl.execution.notices import silent
from batchctl.execution.previews import sampled_preview
from batchctl.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from batchctl.definition.model import BatchDefinition
    from batchctl.diagnostics import Diagnostic
    from batchctl.engine.result import RunResult
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonValue
    from batchctl.plan.comparison import ResourceChange
    from batchctl.plan.flat_requests import Side
    from batchctl.plan.preview import Preview

ResultFormat: TypeAlias = Literal["json", "ndjson", "yaml", "csv", "table"]


def load(path: str | Path, **settings: Unpack[InputSettings]) -> BatchDefinition:
    """The definition in the file ``path``, ready to be run.

    Warnings are not part of it: ``validate`` lists them. Raises ``UsageError`` for a file that can't be read and
    settings that can't be used, ``DefinitionError`` with diagnostics for errors in the file and for a sync job.
    """
    return prepared_file(path, usable(settings, InputSettings)).require_plan().definition


def validate(path: str | Path, **settings: Unpack[InputSettings]) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the file ``path``, in its order: errors, warnings and hints.

    What a comment in the file hides (``# batchctl: ignore[RULE]``) is left out; the settings of a project are not read.
    Empty for a file without problems. Raises ``UsageError`` for a file that can't be read, and for settings that can't
    be used.
    """
    return prepared_file(path, usable(settings, InputSettings)).diagnostics


def dry_run(
    path: str | Path,
    *,
    samples: Mapping[str, Iterable[JsonValue]] | None = None,
    fixtures: str | Path | None = None,
    **settings: Unpack[InputSettings],
) -> Preview:
    """Every request that a run of the file ``path`` would make, as far as that is known; nothing is sent.

    Arguments decide it, and samples: ``samples`` are records by a resource's ``name`` in the file, or by its
    ``resource``, ``fixtures`` is a folder as a local run reads it, for resources without ``samples`` (None: no folder,
    also where the file names one). With records, requests that depend on them are known, too; the others are shown with
    their placeholders. Raises ``UsageError``, ``DefinitionError`` for a file with errors, and ``FixtureError`` for
    records that can't be used.
    """
    return wait_for(adry_run(path, samples=samples, fixtures=fixtures, **settings))


async def adry_run(
    path: str | Path,
    *,
    samples: Mapping[str, Iterable[JsonValue]] | None = None,
    fixtures: str | Path | None = None,
    **settings: Unpack[InputSettings],
) -> Preview:
    """``dry_run`` for asynchronous code: the same parameters and result.

    ``samples`` are records by the resource's key in the file (its ``name``, else its ``resource``), ``fixtures`` a
    folder of fixtures (None: no folder). Raises ``UsageError``, ``DefinitionError`` and ``FixtureError``.
    """
    settings = usable(settings, InputSettings)
    records = records_of(samples, fixtures)
    plan = prepared_file(path, settings).require_plan()
    return (await sampled_preview(plan, records, settings.get("context", {}))).preview


def compare(before: Preview, after: Preview) -> list[ResourceChange]:
    """What differs between the requests of two dry runs: an entry for each resource of either.

    Those of ``after`` come first, in its order, then those that only ``before`` has; ``differs`` is False for one that
    is unchanged. Values are compared as they would be sent; where secrets differ, ``FieldChange.hidden`` says so and
    both sides are masked. Raises ``UsageError`` for what is no preview.
    """
    from batchctl.definition.secrets import secrets_in
    from batchctl.plan.comparison import compare as compared
    from batchctl.plan.preview import Preview
    from batchctl.render.preview.data import shown, side_of

    form = Form("a Preview, as dry_run returns it", lambda value: isinstance(value, Preview))
    require("before", before, form)
    require("after", after, form)

    def side(preview: Preview) -> Side:
        return side_of(preview, shown(preview.plan, api_url="", redactor=Redactor(secrets_in(preview.plan.definition))))

    return compared(side(before), side(after))


def write_result(
    result: RunResult,
    path: str | Path,
    *,
    format: ResultFormat | None = None,  # noqa: A002 - the option's name
    fields: Sequence[str] = (),
    csv_raw: bool = False,
    mask_data: bool = False,
    notify: Notify = silent,
) -> None:
    """Write a result to the file ``path``, or to one file per resource where that is a folder (or ends with a slash).

    ``format`` None lets the file's ending decide (``.csv``, ``.yaml``, ``.ndjson``, ``.txt`` for a table), and any
    other is JSON. In a folder a resource's records are in ``NAME.json``, or with the ending of ``format``, and all
    errors in ``errors.json``. ``fields`` are the columns of tables and CSV, in order (empty: all); ``csv_raw`` leaves
    formulas in CSV unchanged, ``mask_data`` masks values that look secret. ``notify`` gets a notice of where it was
    written. Files are written whole or not at all. Raises ``UsageError`` for a file that can't be written, and for
    arguments that can't be used.
    """
    from batchctl.engine.result import RunResult
    from batchctl.outputs.result_files import ResultPlace
    from batchctl.render.result.exported import Exported
    from batchctl.render.result.formats import Shape

    formats = get_args(ResultFormat)
    require("result", result, Form("a RunResult", lambda value: isinstance(value, RunResult)))
    require("path", path, PATH)
    require("format", format, Form(f"one of {', '.join(formats)}", lambda value: value is None or value in formats))
    require("fields", fields, TEXTS)
    require("csv_raw", csv_raw, FLAG)
    require("mask_data", mask_data, FLAG)
    require("notify", notify, CALLABLE)
    redactor = Redactor()
    exported = Exported(result, redactor, mask=mask_data)
    place = ResultPlace(path if isinstance(path, str) else str(path), format)
    place.require("path")
    place.write(exported.result, Shape(redactor.text, fields, csv_raw=csv_raw), notify)
