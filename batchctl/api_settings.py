"""What the functions of the library take beside a file, and what they all do with it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, get_args

from batchctl.api_forms import PATH, RECORDS, require
from batchctl.definition.given import LIBRARY, Given, Origin
from batchctl.definition.secrets import secrets_in
from batchctl.definition.usable import require_usable, usable_records
from batchctl.destinations.choosing import is_webhook
from batchctl.engine.options import RunOptions
from batchctl.errors import UsageError
from batchctl.execution.capabilities import read_snapshot
from batchctl.execution.previews import Records
from batchctl.execution.resume import SavedInputs, engine_options, run_options
from batchctl.files import read_file, reader_of
from batchctl.files.places import require_apart, require_place
from batchctl.json_types import merged
from batchctl.launch.api import ApiOptions
from batchctl.launch.read_files import parts_read
from batchctl.plan.acceptance import statuses_of, words_of
from batchctl.preparation import Prepared, prepare
from batchctl.redaction import secret_values
from batchctl.store.runs import RunStore

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import ExitStack

    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.execution.executor import Target
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.yaml12.source import Source

USUAL = RunOptions()
ReportName: TypeAlias = Literal["junit", "json", "html"]


class InputSettings(TypedDict, total=False):
    """Keywords of the library's functions about a batch's inputs besides its file; every key is optional.

    None counts as absent. A keyword that a function does not take, or of another type, is a ``UsageError``.

    ``account`` is the integrated account's id, over the file's; ``args`` win over the file's; ``environment`` fills
    ``${VAR}`` and has the token (default: the process environment); ``only`` keeps these resources and what they depend
    on: names, patterns, ``tag:NAME``; with ``!`` before a word, its resources are left out. ``accept`` are HTTP
    statuses of failed calls that don't count as failures, by the resource's key in the file (its ``name``, else its
    ``resource``). ``context`` are keys of the account's context, which placeholders and expressions read by their
    names. An argument or a key of the context that nothing in the definition reads or declares is an error
    (``UsageError``), unless ``allow_unused`` is true.
    """

    account: str
    args: JsonObject
    environment: Mapping[str, str]
    only: Sequence[str]
    accept: Mapping[str, Collection[int]]
    context: JsonObject
    allow_unused: bool


class ConnectionSettings(InputSettings, total=False):
    """Keywords of the library's functions about how Truto is reached; every key is optional.

    ``profile`` is the name of stored credentials, over which ``token`` and ``api_url`` win. In seconds, ``timeout_s``
    is the longest silence (default 300), ``connect_timeout_s`` the longest wait for a connection (30), and
    ``call_timeout_s`` the longest that one attempt may take (600 for single calls, no limit for a batch on Truto).
    ``retries`` is how often something is sent again (3), ``idempotency_key`` makes writes safe to repeat.
    ``rate_limit`` is ``50,500`` for calls per ten seconds of the account and of the token, or ``off`` (default: Truto's
    limits, on Truto's hosts). ``allow_http`` lets the token be sent over plain ``http`` to another machine.
    """

    token: str
    api_url: str
    profile: str
    allow_http: bool
    timeout_s: float
    connect_timeout_s: float
    call_timeout_s: float
    retries: int
    idempotency_key: str
    rate_limit: str


class RunSettings(ConnectionSettings, total=False):
    """Keywords of ``run``: how a batch is run, besides its inputs and the connection; every key is optional.

    ``executor``: ``local`` (default; over ``fixtures``, else the file's key, else ``fixtures/`` beside it, or over
    ``backend``), ``direct`` (the engine here, over Truto's API), ``truto`` (one ``POST /batch-request``).
    ``run_timeout_s`` is the longest that a direct run may take, in seconds, else it raises ``TimedOut``. ``options``
    are the engine's. ``store`` records the run, ``resume`` is the id of a run in it. ``observer`` gets the engine's
    events, ``notify`` every notice.

    ``to`` is where records are delivered, too: a URL (``dir:PATH``, ``sqlite:FILE`` …), ``NAME=URL`` for one resource,
    or several of these; what is not delivered is an error of its resource. ``webhook_secret`` signs what webhooks get.
    ``record`` is a folder that gets fixtures with the same result, ``trace`` a HAR file for the HTTP calls (with rows a
    folder of them). ``reports`` are files by format: ``junit``, ``json``, ``html``. ``allow_unresolved`` sends
    placeholders without a value literally, where they would else be a ``DefinitionError``.
    """

    executor: Literal["local", "direct", "truto"]
    fixtures: str | Path
    backend: Backend
    run_timeout_s: float
    options: RunOptions
    allow_unresolved: bool
    store: RunStore
    resume: str
    to: str | Sequence[str]
    webhook_secret: str
    observer: Observer
    notify: Notify
    record: str | Path
    trace: str | Path
    reports: Mapping[ReportName, str | Path]


class RowsSettings(RunSettings, total=False):
    """Keywords of ``run_each``: those of ``run``, and where rows are run; every key is optional.

    ``on`` spreads the rows over workers, as ``--on`` has it (``local:4``, ``tls://HOST:PORT``), and ``worker_store`` is
    where these keep the rows: a folder, or a URL of ``s3://``, ``gs://`` or ``postgresql://`` (default: the folder of
    the run, which other machines do not see).
    """

    on: str
    worker_store: str


class SyncSettings(ConnectionSettings, total=False):
    """Keywords of ``run_sync``: how a sync job is run, besides inputs and connection; every key is optional.

    ``executor``: ``local`` (default; over ``fixtures``, else the file's key, else ``fixtures/`` beside it) or
    ``direct`` (the engine here, over Truto's API). ``state`` is the file of the job's state (default:
    ``sync-state.sqlite`` in the user's state folder, which ``batchctl sync`` uses, too), ``webhook_secret`` signs what
    webhooks get. ``ignore_previous_run`` fetches everything, as if there had been no earlier run; ``force`` ignores the
    job's ``mutex_key``. ``error_handling`` is what an error does to the run: ``fail_fast`` ends it, ``ignore``
    (default) lets other nodes continue, and so does ``batch`` (runtime 2 only), which also lists the errors in the
    run's row. ``options`` are the engine's. ``store`` records the run, ``resume`` is the id of a run in it.
    ``observer`` gets the engine's events, ``notify`` every notice. ``reports`` are files by format: ``junit``,
    ``json``, ``html``.
    """

    executor: Literal["local", "direct"]
    fixtures: str | Path
    state: str | Path
    webhook_secret: str
    ignore_previous_run: bool
    force: bool
    error_handling: Literal["fail_fast", "ignore", "batch"]
    options: RunOptions
    store: RunStore
    resume: str
    observer: Observer
    notify: Notify
    reports: Mapping[ReportName, str | Path]


def prepared_file(
    path: str | Path, settings: InputSettings, given: Given | None = None, *, jobs: bool = False
) -> Prepared:
    """The definition in the file ``path``, read, checked and planned; problems in it are in the result.

    ``given`` (None: nothing) wins over what ``settings`` has; without ``jobs`` a sync job is one of the problems.
    Raises ``UsageError`` for a file that can't be read, and for arguments that can't be used.
    """
    require("path", path, PATH)
    return prepared_text(read_file(Path(path)), str(path), settings, given, jobs=jobs)


def prepared_text(
    text: str | bytes, file: str, settings: InputSettings, given: Given | None = None, *, jobs: bool = False
) -> Prepared:
    """The definition in ``text``, the content of ``file``, read, checked and planned; problems are in the result.

    ``given`` (None: nothing) wins over what ``settings`` has; ``jobs`` says whether a sync job is allowed. Raises
    ``UsageError`` for arguments that can't be used.
    """
    context = passed(settings.get("context") or {}, "context").values
    known = passed(settings.get("args") or {}, "args").plus(
        Given(
            allow_unused=settings.get("allow_unused", False),
            capabilities=read_snapshot(Path(file).parent),
            context=context,
        )
    )
    return prepare(
        text,
        file=file,
        environment=settings.get("environment", os.environ),
        account=settings.get("account"),
        given=known.plus(given or Given()),
        only=settings.get("only", ()),
        read_file=reader_of(file),
        accept=settings.get("accept"),
        jobs=jobs,
    )


def records_of(samples: Mapping[str, Iterable[JsonValue]] | None, fixtures: str | Path | None) -> Records:
    """The records of a preview: ``samples`` by the resource's key, and a folder ``fixtures`` (None: no folder).

    Raises ``UsageError`` for values of another type, and for records that JSON can't hold.
    """
    if samples is not None:
        require("samples", samples, RECORDS)
    if fixtures is not None:
        require("fixtures", fixtures, PATH)
    # Once, for all rows: an iterator has its records for the first of them only.
    named = {key: usable_records(records, f"samples, {key}") for key, records in (samples or {}).items()}
    return Records(named, None if fixtures is None else Path(fixtures))


def target_of(settings: ConnectionSettings, *, direct: bool = True) -> Target:
    """The API that ``settings`` name, and the token for it: ``token`` and ``api_url``, else those of ``profile``.

    What these don't give is that of the variables ``TRUTO_API_TOKEN`` and ``TRUTO_API_URL`` (in ``environment`` of
    ``settings``, else of this process), or of the active profile. ``direct`` means that single calls are made, whose
    attempts take 600 seconds at most unless ``call_timeout_s`` says otherwise. Raises ``CredentialsError`` where there
    is no token, ``UsageError`` for a profile that is not known.
    """
    environment = settings.get("environment", os.environ)
    known = {name: value for name, value in settings.items() if name in ApiOptions.__struct_fields__}
    api = ApiOptions(**known)  # type: ignore[arg-type]  # the keys of the settings are these fields
    return api.target(api.credentials(environment), direct=direct)


def saved_inputs(plan: Plan, executor: str, settings: ConnectionSettings, options: RunOptions) -> SavedInputs:
    """What is stored so that a run of ``plan`` can be resumed without its file; it may still hold secrets.

    ``executor`` says who runs it, ``options`` are the engine's.
    """
    definition = plan.definition
    return SavedInputs(
        text=plan.source.standalone(),
        account=definition.integrated_account_id,
        args=definition.args,
        only=tuple(settings.get("only", ())),
        executor=executor,
        accept=words_of(settings.get("accept", {})),
        context=settings.get("context", {}),
        engine=engine_options(options, settings.get("rate_limit")),
    )


def stored_secrets(plan: Plan, settings: InputSettings, target: Target | None) -> set[str]:
    """The texts that must not be stored with a run: secrets of the plan and the account's context, and the token.

    ``target`` is the API that calls go to, None for a local run.
    """
    token = target.connection.token if target is not None else ""
    return {*secrets_in(plan.definition), *secret_values(settings.get("context", {})), token} - {""}


def as_begun(saved: SavedInputs, settings: ConnectionSettings) -> dict[str, object]:
    """The settings of a run that is resumed from ``saved``, its stored inputs; those in ``settings`` win.

    Arguments and keys of the context are added to those of the run, name by name.
    """
    kept: dict[str, object] = {
        "only": saved.only,
        "accept": statuses_of(saved.accept),
        "options": run_options(saved.engine),
    }
    if saved.account:
        kept["account"] = saved.account
    if saved.fixtures is not None:
        kept["fixtures"] = saved.fixtures
    if isinstance(limit := saved.engine.get("rate_limit"), str):
        kept["rate_limit"] = limit
    args = merged(saved.args, settings.get("args", {}))
    return {**kept, **settings, "args": args, "context": {**saved.context, **settings.get("context", {})}}


def store_of(settings: RunSettings | SyncSettings) -> RunStore:
    """The store in ``settings``, for a run that is resumed. Raises ``UsageError`` where there is none."""
    store = settings.get("store")
    if store is None:
        raise UsageError("a run is resumed from the store in which it is recorded", hint="pass store=RunStore(folder)")
    return store


def brief_store(stack: ExitStack) -> RunStore:
    """A store in a temporary folder, for a run that need not be recorded; it goes when ``stack`` ends."""
    return RunStore(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="batchctl-"))))


def reports_of(settings: RunSettings | SyncSettings, source: Source) -> dict[str, Path]:
    """The files of reports in ``settings``, by format: ``junit``, ``json``, ``html``; empty without ``reports``.

    ``source`` is the definition that is run. Raises ``UsageError`` for an unknown format, and for a file that can't be
    written, is named twice (as ``trace``, too) or is one of the definition: before a run, whose result would be lost
    after it.
    """
    asked = settings.get("reports", {})
    for name in asked:
        if name not in get_args(ReportName):
            raise UsageError(f'there is no report "{name}"', hint=f"they are {', '.join(get_args(ReportName))}")
    files: dict[str, Path] = {name: Path(file) for name, file in asked.items()}
    written = {f"reports, {name}": file for name, file in files.items()}
    for option, file in written.items():
        require_place(file, option)
    trace = settings.get("trace")
    if isinstance(trace, str | Path):
        written["trace"] = Path(trace)
    require_apart(parts_read(source), written)
    return files


def places_of(to: str | Sequence[str], secret: str | None) -> tuple[list[str], str]:
    """The destinations in ``to`` as a list, and the secret that signs posts to webhooks.

    ``secret`` is the one that was passed; None makes a random one, for posts that go to files. Raises ``UsageError``
    for webhooks without one.
    """
    places = [to] if isinstance(to, str) else [*to]
    if secret is None and any(map(is_webhook, places)):
        raise UsageError("what webhooks get is signed, and there is no secret", hint="pass webhook_secret=")
    # Posts that go to files have a signature, too, which nobody checks.
    return places, secret or secrets.token_hex(16)


def passed(values: JsonObject, where: str) -> Given:
    """Arguments that a program passes, as inputs of a run; ``where`` is their place in messages (``args``).

    Raises ``UsageError`` for ``values`` that are no dict, and for one in it that JSON can't hold (an infinite number, a
    date).
    """
    if not isinstance(values, dict):
        raise UsageError(f"{where} must be a dict of names to values, not of the type {type(values).__name__}")
    require_usable(dict.fromkeys(values), where)
    for name, value in values.items():
        require_usable(value, f"{where}, {name}")
    return Given(values, origins={(name,): Origin(where, LIBRARY) for name in values})
