"""A sync job reads an argument that its ``args_schema`` does not declare.

Why:
    ``args`` of the file are for runs on this machine and are not part of the job in Truto: there, only what
    ``args_schema`` declares is checked before a run and shown to who starts one.

Fails:
    default_runtime_version: 4
    args: {account: "7", stage: won}
    args_schema: {account: {type: string}}
    resources:
      - name: deals
        resource: crm/deals
        method: list
        integrated_account_id: "{{args.account}}"
        query: {stage: "{{args.stage}}"}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}

Passes:
    default_runtime_version: 4
    args: {account: "7", stage: won}
    args_schema: {account: {type: string}, stage: {type: string}}
    resources:
      - name: deals
        resource: crm/deals
        method: list
        integrated_account_id: "{{args.account}}"
        query: {stage: "{{args.stage}}"}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}

Fix:
    Declare it: ``args_schema: {stage: {type: string}}``.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.expression import check_syntax
from batchctl.plan.forms import analysed
from batchctl.plan.reads import reads_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.json_types import DataPath
    from batchctl.plan.reads import Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every argument that is read and not in ``args_schema``, once, where it is read first.

    Arguments without any value, which another rule reports, are left out.
    """
    declared, values, reported = subject.arguments.declared, subject.arguments.values, set[str]()
    for node, steps, start, end, segments, needs_value in _all_reads(subject):
        name = _argument(segments)
        if name and name not in declared and name not in reported and (name in values or not needs_value):
            reported.add(name)
            yield subject.finding(
                node,
                subject.within(node, steps, start, end),
                f'args_schema does not declare the argument "{name}"',
                help=f"add {name}: {{type: string}} to args_schema",
            )


class _Read(NamedTuple):
    node: Resource | None
    steps: DataPath
    start: int
    end: int
    segments: Segments
    # A placeholder without a value is another rule's.
    needs_value: bool


def _all_reads(subject: Subject) -> Iterator[_Read]:
    """Every path that something in the file reads, with its place."""
    for node, read in subject.placeholders.reads:
        at = read.reference
        yield _Read(node, at.path, at.offset, at.end, read.segments, needs_value=True)
    for other, steps, analysis in subject.expressions.analyses:
        for path in analysis.paths:
            yield _Read(other, steps, path.start, path.end, path.segments, needs_value=False)
    for key, reference in subject.arguments.above:
        for read in reads_of(reference):
            yield _Read(None, (key,), reference.offset, reference.end, read.segments, needs_value=True)
    text = subject.job.args_validation if subject.job else None
    for path in analysed(text).paths if text and check_syntax(text) is None else ():
        yield _Read(None, ("args_validation",), path.start, path.end, path.segments, needs_value=False)


def _argument(segments: Segments) -> str:
    return str(segments[1]) if len(segments) > 1 and segments[0] == "args" and isinstance(segments[1], str) else ""
