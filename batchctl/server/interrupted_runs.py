"""Runs of sync jobs that an earlier server left at work, with ``--state``: it was killed, and nobody goes on with them.

Truto has five states in which a run can be; of these ``failed`` is the one that is true of such a run. Why is in
``/log``, as for every run that failed.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from batchctl.server.sync_states import moment

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.server.worlds import World

RUNS: Final = "sync-job-run"
LOG: Final = "log"
_AT_WORK: Final = ("created", "running", "rate_limited")
MESSAGE: Final = "the server ended while the run was at work; start another run"


def fail_interrupted_runs(world: World) -> None:
    """Mark every stored run that is still in progress as failed, and add the reason to the log.

    Runs in the fixtures themselves are left unchanged. Raises ``FixtureError`` and ``UsageError`` where the state can't
    be written.
    """
    if world.state is None:
        return
    kept = dict(world.state.saved("platform", RUNS))
    left = [run_id for run_id, run in kept.items() if isinstance(run, dict) and run.get("status") in _AT_WORK]
    for run_id in left:
        log_error(world, run_id, None, {"message": MESSAGE})
        world.platform(RUNS).update(run_id, {"status": "failed", "updated_at": moment()})


def log_error(world: World, run_id: str, node: str | None, said: JsonObject) -> None:
    """Add an error of a run, of its node ``node`` or of the run as a whole (None), to the log: ``said`` is its text."""
    own: JsonObject = {
        "id": str(uuid.uuid4()),
        "log_type": "rapid_bridge",
        "sync_job_run_id": run_id,
        "status": "error",
        "resource": node,
        "created_at": moment(),
    }
    world.platform(LOG).create({**said, **own})
