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

from typing import TYPE_CHECKING

from batchctl.expression import check_syntax
from batchctl.plan.forms import analysed
from batchctl.plan.reads import reads_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.reads import Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every argument that is read and not in ``args_schema``, once, where it is read first.

    Arguments without any value, which another rule reports, are left out.
    """
    declared, reported = subject.arguments.declared, set[str]()
    for node, read in subject.placeholders.reads:
        name = _argument(read.segments)
        if name and name not in declared and name not in reported and name in subject.arguments.values:
            reported.add(name)
            yield subject.finding(node, read.reference, _sentence(name), help=_advice(name))
    for other, steps, analysis in subject.expressions.analyses:
        for path in analysis.paths:
            name = _argument(path.segments)
            if name and name not in declared and name not in reported:
                reported.add(name)
                place = subject.within(other, steps, path.start, path.end)
                yield subject.finding(other, place, _sentence(name), help=_advice(name))

    for key, reference in subject.arguments.above:
        for read in reads_of(reference):
            name = _argument(read.segments)
            if name and name not in declared and name not in reported and name in subject.arguments.values:
                reported.add(name)
                place = subject.within(None, (key,), reference.offset, reference.end)
                yield subject.finding(None, place, _sentence(name), help=_advice(name))
    yield from _in_validation(subject, reported)


def _in_validation(subject: Subject, reported: set[str]) -> Iterator[Finding]:
    text = subject.job.args_validation if subject.job else None
    for path in analysed(text).paths if text and check_syntax(text) is None else ():
        name = _argument(path.segments)
        if name and name not in subject.arguments.declared and name not in reported:
            reported.add(name)
            place = subject.within(None, ("args_validation",), path.start, path.end)
            yield subject.finding(None, place, _sentence(name), help=_advice(name))


def _argument(segments: Segments) -> str:
    return str(segments[1]) if len(segments) > 1 and segments[0] == "args" and isinstance(segments[1], str) else ""


def _sentence(name: str) -> str:
    return f'args_schema does not declare the argument "{name}"'


def _advice(name: str) -> str:
    return f"add {name}: {{type: string}} to args_schema"
