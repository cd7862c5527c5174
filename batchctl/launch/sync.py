"""From the setup of a command to how a sync job is run on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from batchctl.config.folders import state_folder
from batchctl.definition.sync_job import IGNORE
from batchctl.execution.making import key_for
from batchctl.execution.sync_here import SyncSettings
from batchctl.redaction import secret_values
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batchctl.execution.sync import SyncPlan
    from batchctl.launch.setup import Setup


class SyncOptions(Struct, frozen=True):
    """The options of a run of a sync job on this machine that runs of batches do not have in the same form.

    ``direct`` means over Truto's API, not over fixtures; ``to`` says where records go, as ``--to`` has it (``dir:out``,
    ``NAME=URL``), ``state`` is the file of the job's state (None: the default one); ``webhook_secret`` signs posts
    (None: a new random one does). ``error_handling`` says what an error in a node does: ``fail_fast`` ends the run,
    ``ignore`` goes on, ``batch`` goes on and reports all errors at the end; ``ignore_previous_run`` fetches everything,
    whatever earlier runs fetched; ``force`` runs past a mutex that another run holds. ``resume`` is the id of a run to
    resume, None for a new run, and ``rows`` says whether that is one of many rows.
    """

    direct: bool = False
    to: Sequence[str] = ()
    state: Path | None = None
    webhook_secret: str | None = None
    error_handling: str = IGNORE
    ignore_previous_run: bool = False
    force: bool = False
    resume: str | None = None
    rows: bool = False


def sync_settings(setup: Setup, planned: SyncPlan, asked: SyncOptions, secret: str) -> SyncSettings:
    """How the job of ``planned`` is run, as the options ``asked`` say; ``secret`` signs posts to webhooks.

    Raises ``CredentialsError`` where there is no token, and ``UsageError`` and ``FixtureError`` for what can't be used.
    """
    plan, own = planned.plan, state_folder(os.environ)
    context = setup.inputs.account_context()
    setup.mask.hide(secret_values(context))
    return SyncSettings(
        setup.target() if asked.direct else setup.folder(plan),
        asked.to,
        secret,
        asked.state or own / "sync-state.sqlite",
        own / "mutex",
        setup.options,
        context,
        asked.ignore_previous_run,
        asked.force,
        setup.api.retries,
        setup.rate_limit,
        key_for(plan, setup.api.idempotency_key, setup.kind).text,
        setup.mask.redactor,
        error_handling=asked.error_handling,
        answer_size=setup.api.answer_size,
    )
