"""Whether a sync job takes the arguments of a run: its ``args_validation``, a JSONata expression over them, decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.expression import compile_expression, evaluate_apart

if TYPE_CHECKING:
    from batchctl.definition.model import SyncJob
    from batchctl.json_types import JsonObject


def refusal(job: SyncJob, args: JsonObject) -> str:
    """Why ``job`` refuses ``args``: the ``message`` of what its ``args_validation`` gives; empty where it takes them.

    Raises ``ExpressionError`` where the expression can't be evaluated.
    """
    validation = job.args_validation
    return "" if validation is None else _message(compile_expression(validation).evaluate({"args": args}))


async def refusal_apart(job: SyncJob, args: JsonObject) -> str:
    """Why ``job`` refuses ``args``, as ``refusal`` says it (empty: it takes them), without blocking the event loop.

    Raises ``ExpressionError`` where the expression can't be evaluated.
    """
    validation = job.args_validation
    return "" if validation is None else _message(await evaluate_apart(compile_expression(validation), {"args": args}))


def _message(answer: object) -> str:
    message = answer.get("message") if isinstance(answer, dict) else None
    return str(message) if message else ""
