"""docs/rules.md: every kind of problem on one page of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.diagnostics.catalogue import Entry

_HEAD = """\
# Rules

What `batchctl validate` looks for (BC8xx: what `dry-run` remarks). `batchctl explain NAME` shows one of them. A
comment `# batchctl: ignore[NAME] reason` accepts a finding, settings and options select rules. Errors stop a run.
In the examples the account is left out. This page is made from the rules themselves:
`python -m pytest tests/rules/test_rules_page.py --update-golden` writes it.

| code | name | severity | `--fix` |
| --- | --- | --- | --- |
"""


def rules_page(entries: Sequence[Entry]) -> str:
    """The page of the documentation with a table of rules and a section for each, as Markdown."""
    rows = "".join(
        f"| {entry.code} | [{entry.name}](#{entry.name}) | {entry.severity} | {'yes' if entry.is_fixable else ''} |\n"
        for entry in entries
    )
    return _HEAD + rows + "".join(f"\n{line}\n" for entry in entries for line in _section(entry))


def _section(entry: Entry) -> Iterator[str]:
    said = entry.documentation
    yield f"## {entry.name}"
    yield f"{entry.code} · {entry.severity}" + (" · `--fix`" if entry.is_fixable else "") + f" · since {said.since}"
    yield _markdown(said.what)
    yield "**Why:** " + _markdown(said.why)
    for heading, example in entry.examples:
        yield f"**{heading}:**"
        yield f"```yaml\n{example}\n```"
    yield "**Fix:** " + _markdown(said.fix)


def _markdown(text: str) -> str:
    return text.replace("``", "`")
