"""Something that looks like a token, key or password stands in the file, where everybody with the file can read it.

Why:
    Files are copied, committed and mailed. Such values are found by the shape of well-known tokens, and by the name
    of the key above them.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {api_key: 4f9a8b7c6d5e}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {api_key: "${CRM_API_KEY:-none}"}

Fix:
    Take it from the environment with ``${NAME}``, or pass it as an argument. A secret that was ever committed has
    to be replaced.

Since: 0.1.0
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.redaction import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_SHAPES = lazy_regex(
    r"AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{22,}|glpat-[\w-]{20}"
    r"|xox[abpr]-[0-9A-Za-z-]{10,}|sk_(?:live|test)_[0-9A-Za-z]{16,}|sk-[0-9A-Za-z_-]{32,}|pat-[a-z0-9]{2,3}-[0-9a-f-]{36}"
    r"|shp(?:at|ss|ca|pa)_[0-9a-f]{32}|SG\.[\w-]{22}\.[\w-]{43}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|Bearer [\w.~+/-]{16,}"
)
# What people write where a secret will be.
_STAND_IN = lazy_regex(
    r"[x*.<>…-]+|.*(?:example|placeholder|changeme|your|dummy|secret|none|null|todo).*", re.IGNORECASE
)
_MIN_LENGTH = 6


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every string in ``args`` and in requests that looks like a secret; its message lacks the value."""
    for node, steps, text, name in subject.leaves.suspects:
        path = subject.path(node, *steps)
        if _is_secret(text, name) and subject.source.has(path) and not subject.source.is_filled(path):
            yield subject.finding(
                node,
                subject.at(node, *steps),
                f'the value under "{name}" looks like a secret',
                help="take it from the environment: ${NAME}, or pass it as an argument",
            )


def _is_secret(text: str, name: str) -> bool:
    if _SHAPES.search(text):
        return True
    plain = len(text) >= _MIN_LENGTH and "{{" not in text and " " not in text and "${" not in text
    return plain and is_secret_name(name) and not _STAND_IN.fullmatch(text)
