"""A placeholder or an expression takes the moment at which a run began, a JavaScript date, for text.

Why:
    A placeholder turns a date into text as JavaScript does: ``Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated Universal
    Time)``. A state that keeps it, or a filter that gets it, has no ISO 8601 date, and compares it as text. In an
    expression ``&`` and ``$string`` write it with quotes around it, a comparison with a text is an error or false, and
    ``$dtFromIso`` makes no date of it. The date has a method for that.

Fails:
    default_runtime_version: 4
    state_key: "contacts-{{args.account}}"
    mutex_key: "contacts-{{args.account}}"
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: done, type: event, config: {name: complete}}
      - name: remember
        type: update_state
        depends_on: done
        config: {key: last, value: "{{sync_job_run.started_at}}"}

Passes:
    default_runtime_version: 4
    state_key: "contacts-{{args.account}}"
    mutex_key: "contacts-{{args.account}}"
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: done, type: event, config: {name: complete}}
      - name: remember
        type: update_state
        depends_on: done
        config: {key: last, value_expression: "sync_job_run.started_at.toISOString()"}

Fix:
    Write ``sync_job_run.started_at.toISOString()``; keep it with a ``value_expression``. For a request, let an
    add_context add that text.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.plan.run_row import ROOT, STARTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.expression.analysis import PathRead
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})

_HELP = "use an expression: sync_job_run.started_at.toISOString()"
_QUOTED, _NO_TEXT = "as text it has quotes around it", "it is neither a text nor a number"
# Functions that want a text or a number, as their first argument.
_FUNCTIONS = {
    "length", "substring", "substringBefore", "substringAfter", "uppercase", "lowercase", "trim", "pad", "contains",
    "split", "replace", "match", "number", "toMillis", "dtFromIso", "dtFromFormat", "max", "min", "sum", "base64encode",
    "encodeUrl", "encodeUrlComponent",
}  # fmt: skip
_CALL = lazy_regex(r"\$(\w+)\(\s*$")
_OPERATOR_BEFORE, _OPERATOR_AFTER = lazy_regex(r"(?:!=|[<>]=?|=|[-+*/%]|\bin)\s*$"), lazy_regex(r"\s*(?:!=|[<>=+*/%-])")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder or expression that takes ``sync_job_run.started_at`` for text.

    It is a JavaScript date.
    """
    for node, read in subject.placeholders.reads:
        if read.segments[:2] == (ROOT, STARTED):
            yield subject.finding(
                node,
                read.reference,
                "the placeholder writes the date as JavaScript does (Tue Jan 02 2024 03:04:05 …), not in ISO 8601",
                help=_HELP,
            )
    for other, steps, analysis in subject.expressions.analyses:
        for path in analysis.paths:
            wrong = _what_is_wrong(subject.expressions.text_at[other.index, steps], path)
            if wrong:
                place = subject.within(other, steps, path.start, path.end)
                yield subject.finding(other, place, f"started_at is a JavaScript date: {wrong}", help=_HELP)


def _what_is_wrong(text: str, path: PathRead) -> str | None:
    """What comes of the date where it stands; None where nothing is wrong with that."""
    if path.segments != (ROOT, STARTED) or path.relative:
        return None
    before, after = text[: path.start].removesuffix("$$.").rstrip(), text[path.end :]
    call = _CALL.search(before)
    if before.endswith("&") or after.lstrip().startswith("&") or (call and call[1] == "string"):
        return _QUOTED
    if (call and call[1] in _FUNCTIONS) or _OPERATOR_BEFORE.search(before) or _OPERATOR_AFTER.match(after):
        # A comparison with another date is none either.
        return _NO_TEXT
    return None
