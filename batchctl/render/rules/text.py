"""The documentation of rules, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import NOT_IGNORABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.diagnostics.catalogue import Entry


def rules_table(entries: Sequence[Entry]) -> str:
    """One line each: code, severity, name, whether it can be mended, what it is."""
    name = max(len(entry.name) for entry in entries)
    lines = [
        f"{entry.code}  {entry.severity.value:7}  {entry.name:{name}}  {'fix' if entry.is_fixable else '   '}  "
        f"{_plain(entry.summary)}\n"
        for entry in entries
    ]
    return "".join(lines)


def rule_text(entry: Entry) -> str:
    """All that there is to say about one."""
    return "\n\n".join(_paragraphs(entry)) + "\n"


def rules_json(entries: Sequence[Entry]) -> str:
    """A list of objects."""
    return json.dumps([_data(entry) for entry in entries], indent=2, ensure_ascii=False) + "\n"


def rule_json(entry: Entry) -> str:
    """One object."""
    return json.dumps(_data(entry), indent=2, ensure_ascii=False) + "\n"


def _paragraphs(entry: Entry) -> Iterator[str]:
    mended = ", --fix mends it" if entry.is_fixable else ""
    yield f"{entry.code} {entry.name} ({entry.severity}{mended})"
    yield _plain(entry.summary)
    if entry.details:
        yield _plain(entry.details)
    for heading, example in entry.examples:
        yield f"{heading}:\n" + "\n".join(f"    {line}".rstrip() for line in example.split("\n"))
    if entry.name not in NOT_IGNORABLE:
        yield f"To accept it at one place: # batchctl: ignore[{entry.name}] reason"


def _data(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "name": entry.name,
        "severity": entry.severity.value,
        "fixable": entry.is_fixable,
        "summary": entry.summary,
        "details": entry.details,
        "fails": entry.fails,
        "passes": entry.passes,
    }


def _plain(text: str) -> str:
    return text.replace("``", "`")
