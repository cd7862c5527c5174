"""``--context NAME:=JSON``: keys of the account's context, for what runs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan


def account_context(written: Sequence[str] | None) -> JsonObject:
    """``["region:=\\"eu\\""]`` → ``{"region": "eu"}``, in the spellings of ``--arg``. Raises ``UsageError``."""
    from batchctl.cli.inputs import read_bytes
    from batchctl.definition.inputs import parse_argument

    found: JsonObject = {}
    for text in written or ():
        found.update(parse_argument(text, read_bytes).values)
    return found


def context_for(plan: Plan, written: Sequence[str] | None, *, allow_unused: bool) -> JsonObject:
    """The same for a plan. Raises ``UsageError`` for a name that nothing in it reads, unless these are allowed."""
    found = account_context(written)
    if not found or allow_unused:
        return found
    from batchctl.diagnostics.spelling import suggestion
    from batchctl.plain import clean
    from batchctl.plan.context_names import context_names

    known = context_names(plan)
    for name in found:
        if known is not None and name not in known:
            raise UsageError(
                f'nothing in the definition reads "{clean(name, 80)}" of the account\'s context (from --context)',
                hint=" · ".join(filter(None, (suggestion(name, sorted(known)), "--allow-unused lets it pass"))),
            )
    return found
