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

    from batchctl.definition.source import Path
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every argument in the file that neither a placeholder, nor a loop, nor an expression reads."""
    used = subject.used_arguments
    if not subject.complete or used is None:
        return
    for name, path in _written(subject):
        if name not in used and not _is_meant(name, used, subject):
            yield Finding(
                f'nothing reads the argument "{name}"',
                path,
                subject.source.key_span(path),
                help=f"use it as {{{{args.{name}}}}}, or remove it",
            )


def _written(subject: Subject) -> Iterator[tuple[str, Path]]:
    """The arguments that the file gives or declares, and where."""
    for name in dict.fromkeys([*subject.args, *sorted(subject.declared)]):
        places: list[Path] = [("args", name), ("args_schema", "properties", name), ("args_schema", name)]
        path = next((place for place in places if subject.source.has(place)), None)
        if path is not None:
            yield name, path


def _is_meant(name: str, used: frozenset[str], subject: Subject) -> bool:
    """Whether a faulty placeholder, which another rule reports, was probably meant to read it."""
    unknown = [each for each in used if each not in subject.args]
    if get_close_matches(name, unknown, 1, 0.6):
        return True
    word = re.compile(rf"\{{[^{{}}]*\b{re.escape(name)}\b")
    return any(word.search(text) for _, _, text in subject.leaves.strings)
