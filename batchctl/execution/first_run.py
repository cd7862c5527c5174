"""What a sync job reads of its run: the ``previous_run_date`` of a first run, and all roots for a preview."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from batchctl.truto.moments import iso_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan

# In a first run everything counts as new, and the request has the same shape as in the others.
BEGINNING = "1970-01-01T00:00:00.000Z"


def rehearsed_run(plan: Plan, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> JsonObject:
    """What placeholders read of the run in a first run of ``plan``: ``sync_job_run`` and ``previous_run_date``.

    It is an object with these two keys, for a preview; empty for a batch. The first is the run's row as the API has it
    (``id``, ``sync_job_id``, ``integrated_account_id``, ``status``, ``args``, ``created_at``, ``started_at``), the
    second the start of Unix time; times are as in ``1970-01-01T00:00:00.000Z``. ``now`` returns the current time in
    UTC. The run's ``id`` is not known before it runs: in its place is the text of the placeholder.
    """
    definition = plan.definition
    if definition.job is None:
        return {}
    began = iso_moment(now())
    row: JsonObject = {
        "id": "{{sync_job_run.id}}",
        "sync_job_id": definition.job.data.get("id"),
        "integrated_account_id": definition.integrated_account_id or None,
        "status": "running",
        "args": definition.args,
        "created_at": began,
        "started_at": began,
    }
    return {"sync_job_run": row, "previous_run_date": BEGINNING}
