"""``integrated_account_id`` is not a UUID, and the service takes nothing else.

Why:
    A value from a variable (``${ACCOUNT}``) or a placeholder is not judged: which one it is differs from run to
    run.

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

from batchctl.definition.given import ACCOUNT
from batchctl.patterns import lazy_regex
from batchctl.rules.finding import Blame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_UUID = lazy_regex(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PATH = ("integrated_account_id",)


def check(subject: Subject) -> Iterator[Finding]:
    """A finding where the integrated account is written in the file and is not a UUID."""
    written, origin = subject.account, subject.given.account_origin
    if written is None or (origin is None and (not subject.source.has(_PATH) or subject.source.is_filled(_PATH))):
        return
    if "${" not in written and "{{" not in written and not _UUID.fullmatch(written):
        yield subject.finding(
            None,
            subject.at(None, *_PATH),
            "integrated_account_id is not a UUID",
            help="copy it from the integrated account in Truto: 5c3b5d2e-8f0a-…",
            blame=Blame(ACCOUNT) if origin else None,
        )
