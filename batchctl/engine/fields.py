"""Which field of a resource an error is about: what leads from it to a line of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics.diagnostic import json_path, path_of
from batchctl.engine.named_fields import named_field
from batchctl.errors import CallRefused, ExpressionError, NotSent, TemplateError
from batchctl.plain import listed
from batchctl.plan.forms import PART_FIELDS, WrongShape
from batchctl.plan.loops import NotAnArray

if TYPE_CHECKING:
    from batchctl.json_types import DataPath
    from batchctl.plan.planner import Step
    from batchctl.template import Reference
    from batchctl.truto.calls import Call

# Where a transform or an add_context has its expression.
EXPRESSION = "config.expression"
# The fields of a request that a recursion may write anew, under its ``config``.
_AGAIN = ("recurse", "config")


class NoValue(Exception):
    """A call is not made, because placeholders in it have no value and their text would be sent instead.

    ``missing`` are these placeholders, at least one. ``owner`` is the path of the field that has them (``("config",
    "config")``), empty for the parts of a request.
    """

    def __init__(self, missing: tuple[Reference, ...], owner: DataPath = ()) -> None:
        self.placeholders = list(dict.fromkeys(reference.text for reference in missing))
        self.path = (*owner, *missing[0].path) if owner else _part(missing[0].path)
        verb = "has" if len(self.placeholders) == 1 else "have"
        super().__init__(f"not sent: {listed(self.placeholders)} {verb} no value")


def field_of(error: Exception, step: Step, *, again: bool = False, call: Call | None = None) -> str | None:
    """The field of ``step`` (a node) that ``error`` is about, as ``query.owner`` or ``body.tags[0]``; None if unknown.

    ``again`` is True for a call that a recursion repeats, whose fields may be in ``recurse.config``. ``call`` is the
    call where it was made but not sent (None: it could not be made). For a refused call it is the field that the answer
    names.
    """
    path = _path(error, step, call)
    if path is None:
        return None
    if again and isinstance(step.node, Request) and step.node.recurse and path[0] in step.node.recurse.config:
        path = (*_AGAIN, *path)
    return json_path(path).removeprefix("$.")


def _path(error: Exception, step: Step, call: Call | None) -> DataPath | None:
    match error:
        case NoValue():
            return error.path
        case NotAnArray():
            return ("loop_on",)
        case WrongShape() | ExpressionError():
            return path_of(error.field) if error.field else None
        case CallRefused() if isinstance(step.node, Request):
            return named_field(error.body, step.node)
        case NotSent() if call is not None:
            return _not_sent(call)
        case TemplateError() if step.form is not None:
            bad = [each.path for each in step.form.template.references if each.unknown_casts]
            return _part(bad[0]) if len(bad) == 1 else None
        case _:
            return None


def _not_sent(call: Call) -> DataPath | None:
    """A path that leads elsewhere does so by its id or by its resource."""
    if call.id in ("", ".", ".."):
        return ("id",)
    return ("resource",) if any(each in ("", ".", "..") for each in call.resource.split("/")) else None


def _part(path: DataPath) -> DataPath:
    """Where a part of a request's template is written."""
    return (*PART_FIELDS.get(str(path[0]), (str(path[0]),)), *path[1:])
