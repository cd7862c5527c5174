"""Plans of the rows of one definition: what was found about one row holds for all rows of the same shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.definition.args_schema import misfits
from batchctl.definition.arguments import argument_entries, merge_arguments
from batchctl.definition.sync_job import account_arguments
from batchctl.json_types import merged, write_json
from batchctl.patterns import lazy_regex
from batchctl.redaction import secret_values
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from batchctl.definition.given import Given
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared

# Text that no rule and no conversion sees anything particular in: a word, a number as an id has it, a UUID.
_WORD = lazy_regex(r"(?!(?i:true|false|null|undefined|nan|infinity|yes|no|on|off)\Z)[A-Za-z][\w.@-]{0,200}\Z", re.ASCII)
_DIGITS = lazy_regex(r"[1-9]\d{0,14}\Z", re.ASCII)
_UUID = lazy_regex(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_EXACT = 2**53
_MAX_SHAPES = 256
# A longer list is looked at by itself.
_LISTED = 64


class _Known(Struct, frozen=True):
    """A row that was prepared: its plan, the file as data, and what was found."""

    plan: Plan
    root: JsonObject
    diagnostics: Sequence[Diagnostic]


class RowPlans:
    """Makes the plans of rows. Rows of the same shape are checked only once, and differ in their values alone.

    Rows have the same shape when they give the same arguments, and only whole numbers, ids and single words in these
    differ. A row with a secret is checked by itself. ``prepare`` gets what a row gives; it reads, checks and plans the
    definition for it, or raises where that can't be run. ``base`` is what is given for all rows. ``alike`` gets the
    diagnostics of the row that was checked, for each later one of its shape; None where nobody asks.
    """

    def __init__(
        self,
        prepare: Callable[[Given], tuple[Prepared, Plan]],
        base: Given,
        alike: Callable[[Sequence[Diagnostic]], None] | None = None,
    ) -> None:
        self._prepare = prepare
        self._alike = alike
        self._base = base
        self._known: dict[Hashable, _Known] = {}

    def plan(self, given: Given) -> Plan:
        """The plan for a row, which gives ``given``. Raises what ``prepare`` raises."""
        shape = self._shape(given)
        known = self._known.get(shape) if shape is not None else None
        if known is not None:
            plan = self._filled_in(known, given)
            if plan is not None:
                if self._alike is not None and known.diagnostics:
                    self._alike(known.diagnostics)
                return plan
        prepared, plan = self._prepare(given)
        root = prepared.loaded.data
        if shape is not None and isinstance(root, dict) and not _converts(plan) and len(self._known) < _MAX_SHAPES:
            known = _Known(plan, root, prepared.diagnostics)
            self._known[shape] = known
            # As the row comes back from where rows are kept: without the columns that it leaves out.
            self._known.setdefault((_shape_of(given.values), shape[1], None), known)
        return plan

    def _shape(self, given: Given) -> tuple[Hashable, Hashable, Hashable] | None:
        """What a row has in common with others; None where it has to be looked at by itself."""
        if given.input_files or secret_values(given.values):
            return None
        account = given.account
        accounts = account if account is None or not _UUID.match(account) else "uuid"
        names = frozenset(str(path[0]) for path in given.origins) if given.origins else None
        return _shape_of(given.values), accounts, names

    def _filled_in(self, known: _Known, given: Given) -> Plan | None:
        """A plan with the values of another row; None where these do not fit ``args_schema``."""
        definition, root = known.plan.definition, known.root
        schema, own = _object(root.get("args_schema")), _object(root.get("args"))
        outside = merged(self._base.values, given.values)
        args = merge_arguments(outside, own, schema)
        if definition.job is not None:
            args = account_arguments(args, outside, given.account or self._base.account, argument_entries(schema))
        if schema and next(misfits(args, schema), None) is not None:
            return None
        account = given.account or definition.integrated_account_id
        payload = definition.payload
        if definition.job is None:
            payload = {**payload, "integrated_account_id": account, **({"args": args} if "args" in payload else {})}
        elif args.get("integrated_account_id"):
            account = str(args["integrated_account_id"])
        return replace(
            known.plan,
            definition=replace(definition, integrated_account_id=account, args=args, payload=payload),
        )


def _converts(plan: Plan) -> bool:
    """Whether a placeholder converts what it reads: what comes of that depends on each value."""
    templates = (each for step in plan.steps.values() for each in (step.template, step.condition))
    return any(
        cast_.text != "str"
        for template in templates
        if template is not None
        for reference in template.references
        for cast_ in reference.casts
    )


def _shape_of(value: JsonValue) -> Hashable:
    match value:
        case str():
            if _UUID.match(value):
                return "uuid"
            return "word" if _WORD.match(value) else "digits" if _DIGITS.match(value) else ("text", value)
        case bool() | None:
            return ("constant", value)
        case int():
            return "int" if abs(value) < _EXACT else ("int", value)
        case float():
            return ("float", value)
        case list() if len(value) <= _LISTED:
            return ("list", tuple(map(_shape_of, value)))
        case list():
            return ("text", write_json(value))
        case _:
            return ("object", tuple((name, _shape_of(each)) for name, each in value.items()))


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
