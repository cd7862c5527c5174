"""The arguments do not fit ``args_schema``, or one that it requires has no value yet.

Why:
    The schema is JSON Schema, or Truto's flat form with ``required: true`` at the arguments. A required argument
    may still come from ``--arg`` or ``--args-file``: until then it is a warning.

Fails:
    args_schema: {limit: {type: integer}}
    args: {limit: many}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit}}"}

Passes:
    args_schema: {limit: {type: integer}}
    args: {limit: 50}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit}}"}

Fix:
    Correct the argument, or the schema.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.args_schema import misfits
from batchctl.diagnostics import Severity
from batchctl.rules.finding import Blame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.args_schema import Misfit
    from batchctl.json_types import DataPath
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for everything in the merged arguments that ``args_schema`` does not allow."""
    if not subject.arguments.schema:
        return
    for misfit in misfits(subject.arguments.values, subject.arguments.schema):
        yield _finding(subject, misfit)


def _finding(subject: Subject, misfit: Misfit) -> Finding:
    path: DataPath = ("args", *misfit.path)
    if misfit.of_schema:
        # In the flat form the schema that is checked is made of the entries.
        whole = ("args_schema", *misfit.path)
        path = whole if subject.source.has(whole) else ("args_schema", *misfit.path[1:])
    if misfit.missing is not None:
        declared = [("args_schema", "properties", misfit.missing), ("args_schema", misfit.missing)]
        place = next((each for each in declared if subject.source.has(each)), ("args_schema",))
        return subject.finding(
            None,
            subject.key(None, *place),
            misfit.message,
            help=f"give it a value in args, or with --arg {misfit.missing}=…",
            severity=Severity.WARNING if not misfit.path else None,
        )
    if not subject.source.has(path):
        # From outside, or a default: the schema is the nearest place in the file.
        path = ("args_schema",)
    blame = Blame(misfit.path, misfit.wanted) if misfit.path and not misfit.of_schema else None
    return subject.finding(None, subject.at(None, *path), misfit.message, help=misfit.help, blame=blame)
