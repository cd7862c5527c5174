"""``run --resume``: the run to go on with, and what it takes to read its definition once more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.cli.inputs import Inputs
from batchctl.cli.run_store import user_store
from batchctl.errors import UsageError
from batchctl.redaction import secret_values

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.store.run import Run


def reopened(run_id: str, content: JsonObject, host: str) -> Run:
    """The run, if it can be gone on with. Raises ``StoreError`` or ``UsageError``, which say why not."""
    run = user_store().reopen(run_id)
    problem = _obstacle(run, content, host)
    if problem is None:
        return run
    run.close()
    raise problem


def _obstacle(run: Run, content: JsonObject, host: str) -> UsageError | None:
    kind, before = run.fact("kind"), run.fact("host")
    if kind != "direct":
        return UsageError(f"run {run.id} was not made with --direct, so it can't be gone on with here")
    if before != host:
        return UsageError(f"run {run.id} went to {before}, this one would go to {host}", hint="set --api-url as before")
    if not run.is_about(content, host):
        return UsageError(
            f"run {run.id} was another batch: the definition, its variables or the arguments have changed since",
            hint="give the same file and arguments, or start a new run without --resume",
        )
    return None


def kept_inputs(plan: Plan, inputs: Inputs, token: str) -> JsonObject | None:
    """What it takes to read the definition once more; None where a secret stands in it."""
    definition = plan.definition
    # A placeholder under a secret-looking name hides nothing: its value is among the arguments.
    found = (secret for secret in secret_values(definition.payload) if "{{" not in secret)
    secrets = {token, *definition.secrets, *found} - {""}
    text = definition.source.text + json.dumps(definition.args, ensure_ascii=False)
    if any(secret in text for secret in secrets):
        return None
    return {
        "text": str(definition.source.text),
        "account": definition.integrated_account_id,
        "args": definition.args,
        "only": list(inputs.only),
        "env_file": str(inputs.env_file.resolve()) if inputs.env_file else None,
    }


def inputs_of(run_id: str) -> Inputs:
    """The inputs of an earlier run. Raises ``UsageError`` where they were not kept."""
    facts = user_store().get(run_id)
    kept = facts.inputs
    if kept is None:
        raise UsageError(
            f"the definition of run {facts.id} was not kept, since it or its arguments hold secrets",
            hint=f"batchctl run FILE --direct --resume {facts.id}, with the same arguments",
        )
    env_file = kept["env_file"]
    return Inputs(
        facts.file,
        account=str(kept["account"]),
        env_file=Path(env_file) if isinstance(env_file, str) else None,
        only=[str(name) for name in kept["only"]] if isinstance(kept["only"], list) else (),
        text=str(kept["text"]).encode("utf-8", "surrogatepass"),
        args=kept["args"] if isinstance(kept["args"], dict) else {},
    )
