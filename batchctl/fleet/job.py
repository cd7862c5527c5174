"""What workers need to know of a run: made once by whoever starts it, and the same for all rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import batchctl
from batchctl.definition.given import Given
from batchctl.definition.secrets import secrets_in
from batchctl.destinations.choosing import place_secrets
from batchctl.diagnostics import Severity
from batchctl.engine.options import RunOptions
from batchctl.errors import UsageError
from batchctl.execution.executor import Target
from batchctl.execution.making import AnswerSize, Settings
from batchctl.execution.plan_for import plan_for
from batchctl.execution.row_deliveries import RowDeliveries
from batchctl.execution.row_plans import RowPlans
from batchctl.fleet.turn import Turn
from batchctl.outputs.row_extras import RowExtras
from batchctl.preparation import prepare
from batchctl.redaction import Redactor, secret_values
from batchctl.structs import Struct, asdict, field, replace
from batchctl.truto.connection import Connection, Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchctl.destinations.receivers import Receivers
    from batchctl.engine.backends.gate import Gate
    from batchctl.execution.rate_limits import Allowance
    from batchctl.execution.row_end import Row
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared


_NOTHING = RowExtras()


class Batch(Struct, frozen=True):
    """A definition with all that its rows have in common, as it is sent to workers. ``running.batch_of`` makes it.

    ``text`` is the definition itself, ``file`` its name for people; ``environment`` has only the variables that the
    text names. ``args`` are the arguments of all rows, ``account`` the integrated account's id (None: the file's own);
    ``context`` are keys of the account's context. ``only`` are the words of ``--only`` (names, patterns, ``tag:NAME``,
    ``!`` to leave out), empty for all; ``tolerated`` are names of rules (``undeclared-argument``) whose errors count as
    warnings; ``allow_unresolved`` sends placeholders without a value literally. ``is_job`` means that it is a sync job.
    """

    text: str
    file: str
    environment: Mapping[str, str]
    account: str | None
    args: JsonObject
    only: Sequence[str] = ()
    tolerated: Sequence[str] = ()
    allow_unresolved: bool = False
    context: JsonObject = field(default_factory=dict)
    is_job: bool = False

    def plans(self) -> RowPlans:
        """What makes the plan of each row from the row's arguments.

        Making one raises ``UsageError`` and ``DefinitionError``, as preparing a definition does.
        """
        base = Given(self.args, self.account, allow_unused=True, context=self.context)

        def made(given: Given) -> tuple[Prepared, Plan]:
            prepared = prepare(
                self.text,
                file=self.file,
                environment=self.environment,
                given=base.plus(given),
                only=self.only,
                tolerated=self.tolerated,
                required=None if self.is_job else Severity.ERROR,
                jobs=self.is_job,
            )
            if self.is_job:
                return prepared, prepared.require_plan()
            return prepared, plan_for(prepared, allow_unresolved=self.allow_unresolved).plan

        return RowPlans(made, base)


class Places(Struct, frozen=True):
    """Where workers deliver the records of rows, as it is sent to them.

    ``to`` are values of ``--to``, ``secret`` signs what webhooks get. ``turns`` is the path of a lock file on this
    machine that lets one process at a time write to a file that can only have one writer.
    """

    to: Sequence[str]
    secret: str
    turns: str

    def deliveries(self, receivers: Receivers) -> RowDeliveries:
        """What delivers the records of rows; where a file can only have one writer, it waits for the common lock.

        ``receivers`` is what the rows of this worker know of the hosts of webhooks.
        """
        return RowDeliveries(self.to, self.secret, turn=Turn(Path(self.turns)), receivers=receivers)


class SyncWork(Struct, frozen=True):
    """How workers run the rows of a sync job, as it is sent to them.

    ``to`` are values of ``--to``, ``secret`` signs what webhooks get; ``error_handling`` is ``fail_fast``, ``ignore``
    or ``batch``; ``ignore_previous_run`` fetches everything, as if there had been no earlier run; ``account`` are keys
    of the account's context. ``turns`` is the path of a lock file on this machine that lets one process at a time write
    to a file.
    """

    to: Sequence[str]
    secret: str
    error_handling: str
    ignore_previous_run: bool
    account: JsonObject
    turns: str


class Job(Struct, frozen=True):
    """One run of many rows on workers, with all that a worker needs to run any of them.

    ``run_id`` and ``salt`` (for hashes of accounts and calls) are those of the run's record; each row's idempotency key
    begins with ``key`` (None: no keys). ``store`` is the URL or folder where rows are kept, ``is_near`` says that it is
    on this machine's disk; ``parallel`` is how many rows a worker runs at once. ``extras`` is what is recorded of each
    row; ``places`` is where its records are delivered, if anywhere; ``sync`` is how a sync job is run, None for a
    batch.
    """

    batch: Batch
    settings: Settings
    run_id: str
    salt: bytes
    key: str | None
    store: str
    parallel: int
    is_near: bool = False
    extras: RowExtras = _NOTHING
    places: Places | None = None
    sync: SyncWork | None = None

    def packed(self) -> bytes:
        """The whole job as bytes, with the API token in it, for a worker of the same version.

        Raises ``UsageError`` for answers that workers can't have: others than a fixtures folder or an API.
        """
        settings, target = self.settings, self.settings.target
        answers = getattr(settings.answers, "path", settings.answers)
        if settings.kind == "local" and not isinstance(answers, Path):
            raise UsageError("rows on other processes need a folder of fixtures")
        data: dict[str, Any] = {
            "version": batchctl.__version__,
            "batch": asdict(self.batch),
            "kind": settings.kind,
            "fixtures": str(answers.resolve()) if isinstance(answers, Path) else None,
            "target": None if target is None else _target(target),
            "retries": settings.retries,
            "rate_limit": settings.rate_limit,
            "options": asdict(settings.options),
            "run_timeout_s": settings.run_timeout_s,
            "answer_size": list(settings.answer_size),
            "run_id": self.run_id,
            "salt": self.salt.hex(),
            "key": self.key,
            "store": self.store,
            "parallel": self.parallel,
            "is_near": self.is_near,
            "extras": asdict(self.extras),
            "places": None if self.places is None else asdict(self.places),
            "sync": None if self.sync is None else asdict(self.sync),
        }
        return json.dumps(data).encode()

    @classmethod
    def unpacked(cls, text: bytes) -> Job:
        """The job in bytes that ``packed`` wrote. Raises ``UsageError`` for those of another version."""
        data = json.loads(text)
        if data["version"] != batchctl.__version__:
            raise UsageError(
                f"the run was started by batchctl {data['version']}, and this worker has {batchctl.__version__}",
                hint="install the same version on every machine",
            )
        target = data["target"]
        settings = Settings(
            data["kind"],
            Path(data["fixtures"]) if data["fixtures"] else None,
            None if target is None else _read_target(target),
            data["retries"],
            data["rate_limit"],
            RunOptions(**data["options"]),
            data["run_timeout_s"],
            answer_size=AnswerSize(*data["answer_size"]),
        )
        return cls(
            Batch(**data["batch"]),
            settings,
            data["run_id"],
            bytes.fromhex(data["salt"]),
            data["key"],
            data["store"],
            data["parallel"],
            data["is_near"],
            RowExtras(**data["extras"]),
            None if data["places"] is None else Places(**data["places"]),
            None if data["sync"] is None else SyncWork(**data["sync"]),
        )

    def settings_for(self, plan: Plan, row: Row, gates: Callable[[Sequence[Allowance]], Gate]) -> Settings:
        """The settings to run one row with: the job's, with the secrets of ``plan`` and ``row`` to be masked.

        ``gates`` makes the gate for some rate limits, at which the row's calls wait.
        """
        token = self.settings.target.connection.token if self.settings.target else ""
        secrets = {*secrets_in(plan.definition), *secret_values(row.args), *([token] if token else [])}
        if self.places is not None:
            secrets |= {*place_secrets(self.places.to), self.places.secret}
        if self.sync is not None:
            secrets |= {*place_secrets(self.sync.to), self.sync.secret, *secret_values(self.sync.account)}
        return replace(self.settings, redactor=Redactor(secrets), gates=gates)


def _target(target: Target) -> dict[str, Any]:
    connection = target.connection
    return {
        "api_url": connection.api_url,
        "token": connection.token,
        "timeouts": asdict(connection.timeouts),
        "allow_http": connection.allow_http,
        "token_source": target.token_source,
        "environment": target.environment,
    }


def _read_target(data: Mapping[str, Any]) -> Target:
    connection = Connection(data["api_url"], data["token"], Timeouts(**data["timeouts"]), allow_http=data["allow_http"])
    return Target(connection, data["token_source"], data["environment"])
