"""``integrated_account_id`` is not a UUID, and the service takes nothing else.

Why:
    It is the batch's, a request's of a sync job, or an argument that ``args_schema`` declares with
    ``format: integrated_account_id``. A value from a variable (``${ACCOUNT}``) or a placeholder is not judged: which
    one it is differs from run to run.

Fails:
    integrated_account_id: acme
    resources:
      - resource: crm/contacts
        method: list

Passes:
    integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
    resources:
      - resource: crm/contacts
        method: list

Fix:
    Copy the id of the integrated account from Truto.

Since: 0.1.0
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.definition.arguments import argument_entries
from batchctl.definition.given import ACCOUNT
from batchctl.definition.model import Request
from batchctl.diagnostics import Severity
from batchctl.patterns import lazy_regex
from batchctl.rules.finding import Blame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_UUID = lazy_regex(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_FORMAT = "integrated_account_id"
_PATH = (_FORMAT,)
_HELP = "copy it from the integrated account in Truto: 5c3b5d2e-8f0a-…"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every integrated account that is written in the file, or given, and is not a UUID."""
    yield from _of_run(subject)
    for node in subject.resources:
        path = subject.path(node, *_PATH)
        written = node.account if isinstance(node, Request) and subject.source.has(path) else None
        if written is not None and _is_wrong(written) and not subject.source.is_filled(path):
            yield subject.finding(node, subject.at(node, *_PATH), "integrated_account_id is not a UUID", help=_HELP)
    yield from _of_arguments(subject)


def _of_arguments(subject: Subject) -> Iterator[Finding]:
    for name, entry in argument_entries(subject.arguments.schema or {}).items():
        value = subject.arguments.values.get(name)
        if not isinstance(entry, dict) or entry.get("format") != _FORMAT or not isinstance(value, str):
            continue
        path = ("args", name)
        is_here = subject.source.has(path)
        if _is_wrong(value) and value != subject.account and not (is_here and subject.source.is_filled(path)):
            yield subject.finding(
                None,
                subject.at(None, *(path if is_here else ("args_schema",))),
                f"{name} is the id of an integrated account, and its value is {'not a UUID' if value else 'empty'}",
                help=_HELP if value else "give it the id; a variable of the shell that is not set gives nothing",
                # A call in the name of no account is never what is meant.
                severity=None if value else Severity.ERROR,
                blame=Blame((name,)),
            )


def _is_wrong(written: str) -> bool:
    return "${" not in written and "{{" not in written and not _UUID.fullmatch(written)


def _of_run(subject: Subject) -> Iterator[Finding]:
    written, origin = subject.account, subject.given.account_origin
    if written is None or (origin is None and (not subject.source.has(_PATH) or subject.source.is_filled(_PATH))):
        return
    if _is_wrong(written):
        yield subject.finding(
            None,
            subject.at(None, *_PATH),
            "integrated_account_id is not a UUID",
            help=_HELP,
            blame=Blame(ACCOUNT) if origin else None,
        )
