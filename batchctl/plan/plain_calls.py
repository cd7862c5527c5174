"""The quick way to the calls of a plain request, of which a run may make millions that differ in little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.expansion import NO_BINDINGS, Expanded, resources_of
from batchctl.plan.run_row import for_placeholders
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan, Step


def is_plain(step: Step) -> bool:
    """Whether only the records of its ancestors tell the calls of a request apart: no loop, condition or expression."""
    has_template = step.form is not None and not step.form.expressions
    return has_template and step.node.run_if is None and step.loop is None and step.again is None


class PlainCalls:
    """Makes the calls of a plain request (``is_plain``). What is the same in all of them is looked at once.

    ``args`` are the arguments, ``extra`` the other names that placeholders read: keys of the account's context, and of
    add_context nodes. Raises ``ValueError`` for a request that is not plain.
    """

    def __init__(self, step: Step, plan: Plan, args: JsonObject, extra: JsonObject) -> None:
        if step.form is None or not is_plain(step):
            raise ValueError(f"{step.node.key} is not plain")
        self._form = step.form
        self._graph = plan.graph
        self._context: JsonObject = {**for_placeholders(extra), "args": args}

    def make(self, records: Mapping[str, JsonValue]) -> Expanded | None:
        """The call for ``records``, one of each ancestor by its key, exactly as ``expand`` makes it.

        None where there is an error, or a value that its author can't have meant: ``expand`` then says which.
        """
        context = {**self._context, "resources": resources_of(self._graph, records)}
        value = self._form.template.render_if_meant(context)
        return None if value is UNDEFINED else Expanded(self._form.call(value, None), bindings=NO_BINDINGS)
