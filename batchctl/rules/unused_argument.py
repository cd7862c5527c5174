"""An argument that nothing in the file reads: a leftover, or a misspelling somewhere else.

Fails:
    args: {id: "7", ids: []}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{args.id}}"}

Passes:
    args: {id: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{args.id}}"}
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.base import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every argument in the file that neither a placeholder, nor a loop, nor an expression reads."""
    used = subject.used_arguments
    if not subject.complete or used is None:
        return
    for name in subject.args:
        path = ("args", name)
        if name not in used and subject.source.has(path) and not _is_meant(name, used, subject):
            yield Finding(
                f'nothing reads the argument "{name}"',
                path,
                subject.source.key_span(path),
                help=f"use it as {{{{args.{name}}}}}, or remove it",
            )


def _is_meant(name: str, used: frozenset[str], subject: Subject) -> bool:
    """Whether a faulty placeholder, which another rule reports, was probably meant to read it."""
    unknown = [each for each in used if each not in subject.args]
    if get_close_matches(name, unknown, 1, 0.6):
        return True
    word = re.compile(rf"\{{[^{{}}]*\b{re.escape(name)}\b")
    return any(word.search(text) for _, _, text in subject.leaves.strings)
