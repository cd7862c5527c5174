"""From the options of ``batchctl sync`` on this machine to how the job is run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from batchctl.definition.sync_job import IGNORE
from batchctl.redaction import secret_values
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from batchctl.cli.inputs import Inputs
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.executor import Target
    from batchctl.execution.sync import SyncPlan
    from batchctl.execution.sync_here import SyncSettings


class SyncOptions(Struct, frozen=True):
    """The options of ``sync`` for a run on this machine that ``run`` does not have in the same form.

    ``direct``, ``to``, ``state``, ``webhook_secret``, ``error_handling``, ``ignore_previous_run``, ``force`` and
    ``resume`` are as the options of these names. ``rows`` means that the run to resume is one of many rows.
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


def settings_of(
    planned: SyncPlan, asked: SyncOptions, given: Inputs, line: CommandLine, terminal: Terminal
) -> SyncSettings:
    """How the job is run on this machine, as all options together ask.

    ``planned`` is the job, ``given`` are its inputs. Raises ``CredentialsError`` where there is no token, and
    ``UsageError`` for a value that can't be used.
    """
    from batchctl.blocking import wait_for
    from batchctl.cli.delivering import webhook_secret
    from batchctl.cli.executors import Setup
    from batchctl.cli.notices import speaker
    from batchctl.config.folders import state_folder
    from batchctl.config.user import user_fixture_cache, user_store
    from batchctl.destinations.choosing import has_posts, place_secrets
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.execution.idle_destinations import idle_destinations
    from batchctl.execution.local import fixtures_folder
    from batchctl.execution.making import AnswerSize, key_for
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.files.places import require_outside

    plan = planned.plan
    # Each row has its own arguments.
    is_alone = line.rows.each is None and not asked.rows
    context = given.account_context()
    terminal.hide(secret_values(context))
    if asked.direct:
        setup = Setup("direct", line, given, terminal, speaker(terminal), user_store(os.environ))
        target = setup.target()
        answers: FixtureFolder | Target = target
        if is_alone:
            terminal.note(f"sending to {target.described(plan)}")
    else:
        folder = fixtures_folder(line.mode.fixtures, plan, given.folder)
        require_outside(folder, line.output.written)
        answers = FixtureFolder(folder, cache=user_fixture_cache(os.environ))
    terminal.hide(place_secrets(asked.to))
    idle = wait_for(idle_destinations(plan)) if is_alone else ()
    posts = has_posts(asked.to, planned.destinations, idle)
    secret = webhook_secret(asked.webhook_secret, terminal, posts=posts, resumed=asked.resume is not None)
    folder = state_folder(os.environ)
    return SyncSettings(
        answers,
        asked.to,
        secret,
        asked.state or folder / "sync-state.sqlite",
        folder / "mutex",
        line.engine.chosen(),
        context,
        asked.ignore_previous_run,
        asked.force,
        line.connection.retries,
        line.engine.rate_limit,
        key_for(plan, line.connection.idempotency_key).text if asked.direct else None,
        terminal.redactor,
        error_handling=asked.error_handling,
        answer_size=AnswerSize(line.connection.max_answer_mib, line.connection.max_unpack_ratio),
    )
