"""The documentation of rules, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import NOT_IGNORABLE
from batchctl.render.text.wrapping import listing, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.diagnostics.catalogue import Entry


def rules_table(entries: Sequence[Entry], columns: int | None = None) -> str:
    """A line per rule: code, severity, name, whether ``--fix`` corrects it, and a summary.

    Lines are wrapped to ``columns``, None for no limit.
    """
    name = max(len(entry.name) for entry in entries)
    rows = (
        (
            f"{entry.code}  {entry.severity.value:7}  {entry.name:{name}}  {'fix' if entry.is_fixable else '   '}",
            _plain(entry.documentation.what),
        )
        for entry in entries
    )
    return "".join(line + "\n" for line in listing(rows, columns))


def rule_text(entry: Entry, columns: int | None = None) -> str:
    """The whole documentation of one rule as text, wrapped to ``columns``, None for no limit."""
    return "\n\n".join(_paragraphs(entry, columns)) + "\n"


def rules_json(entries: Sequence[Entry]) -> str:
    """What ``batchctl rules`` prints as JSON: a list with an object per rule.

    Its keys are ``code``, ``name``, ``severity``, ``fixable``, ``summary``, ``why``, ``fails``, ``passes``, ``fix`` and
    ``since``, as in ``rule_json``.
    """
    return json.dumps([_data(entry) for entry in entries], indent=2, ensure_ascii=False) + "\n"


def rule_json(entry: Entry) -> str:
    """What ``batchctl explain`` prints as JSON: the object of one rule.

    Its keys are ``code``, ``name``, ``severity``, ``fixable``, ``summary``, ``why``, ``fails`` and ``passes``
    (examples), ``fix`` and ``since`` (a version).
    """
    return json.dumps(_data(entry), indent=2, ensure_ascii=False) + "\n"


def _paragraphs(entry: Entry, columns: int | None) -> Iterator[str]:
    said = entry.documentation
    fixed = ", --fix corrects it" if entry.is_fixable else ""
    yield wrapped(f"{entry.code} {entry.name} ({entry.severity}{fixed}, since {said.since})", columns)
    yield wrapped(_plain(said.what), columns, 0)
    yield wrapped(f"Why: {_plain(said.why)}", columns, 0)
    for heading, example in entry.examples:
        yield f"{heading}:\n" + "\n".join(f"    {line}".rstrip() for line in example.split("\n"))
    yield wrapped(f"Fix: {_plain(said.fix)}", columns, 0)
    if entry.name not in NOT_IGNORABLE:
        yield wrapped(f"To accept it at one place: # batchctl: ignore[{entry.name}] reason", columns)


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
