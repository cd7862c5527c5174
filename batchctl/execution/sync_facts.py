"""What the row of a sync job's run, and what webhooks get, have of the job: its account, the ids of its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.sync_job import destinations
from batchctl.plan.accounts import all_accounts
from batchctl.template import compile_template

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan


def run_account(plan: Plan) -> str | None:
    """The id of the account that a run is about: its own, else the only one that its requests name.

    None where they name several or none. An account that only records name counts as none.
    """
    accounts = all_accounts(plan)
    return plan.definition.integrated_account_id or (accounts[0] if len(accounts) == 1 else None)


def webhook_ids(plan: Plan, account: JsonObject) -> dict[str, str]:
    """The ids of the webhooks that destinations name in ``config.id``, by the key of the destination.

    ``account`` is the context of the run's account, from which placeholders in these ids are filled in, too. A
    destination whose id has a placeholder without a value is left out.
    """
    found: dict[str, str] = {}
    for node in destinations(plan.definition.resources):
        settings = node.config.get("config")
        written = settings.get("id") if isinstance(settings, dict) else None
        if node.config.get("destination_type") == "webhook" and isinstance(written, str):
            watched = compile_template(written).render_watched({**account, "args": plan.definition.args})
            if not watched.missing and watched.value:
                found[node.key] = str(watched.value)
    return found
