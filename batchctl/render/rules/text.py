"""The documentation of rules, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import NOT_IGNORABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.diagnostics.catalogue import Entry


def rules_table(entries: Sequence[Entry]) -> str:
    """One line each: code, severity, name, whether --fix corrects it, what it is."""
    name = max(len(entry.name) for entry in entries)
    lines = [
        f"{entry.code}  {entry.severity.value:7}  {entry.name:{name}}  {'fix' if entry.is_fixable else '   '}  "
        f"{_plain(entry.documentation.what)}\n"
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
    said = entry.documentation
    fixed = ", --fix corrects it" if entry.is_fixable else ""
    yield f"{entry.code} {entry.name} ({entry.severity}{fixed}, since {said.since})"
    yield _plain(said.what)
    yield f"Why: {_plain(said.why)}"
    for heading, example in entry.examples:
        yield f"{heading}:\n" + "\n".join(f"    {line}".rstrip() for line in example.split("\n"))
    yield f"Fix: {_plain(said.fix)}"
    if entry.name not in NOT_IGNORABLE:
        yield f"To accept it at one place: # batchctl: ignore[{entry.name}] reason"


def _data(entry: Entry) -> dict[str, object]:
    said = entry.documentation
    return {
        "code": entry.code,
        "name": entry.name,
        "severity": entry.severity.value,
        "fixable": entry.is_fixable,
        "summary": said.what,
        "why": said.why,
        "fails": said.fails,
        "passes": said.passes,
        "fix": said.fix,
        "since": said.since,
    }


def _plain(text: str) -> str:
    return text.replace("``", "`")
