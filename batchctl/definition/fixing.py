"""Fixes, made in the text: nothing else of it changes, comments and layout least of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics.kinds import NOT_IGNORABLE
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue
    from batchctl.yaml12.source import Source


class Fixed(NamedTuple):
    """The text of a definition after fixes, and how many were made; none (0) leaves the text as it was."""

    text: str
    fixes: int


def fix(source: Source, diagnostics: Iterable[Diagnostic]) -> Fixed:
    """The text of ``source`` with the fixes that its ``diagnostics`` bring; the rest of the text stays as it is.

    A text that could not be read to its end is left unchanged, and so is one whose data would change with the fixes
    (apart from backticks in its expressions). Of fixes that overlap the first in the text is made.
    """
    found = list(diagnostics)
    unchanged = Fixed(str(source.text), 0)
    if any(diagnostic.rule in NOT_IGNORABLE for diagnostic in found):
        return unchanged
    pieces: list[str] = []
    at = fixes = 0
    for edits in _disjoint(source.text, found):
        fixes += 1
        for start, end, new in edits:
            pieces += source.text[at:start], new
            at = end
    fixed = "".join((*pieces, source.text[at:]))
    return Fixed(fixed, fixes) if fixes and _is_same(source.data, fixed) else unchanged


def _disjoint(text: SourceText, diagnostics: Iterable[Diagnostic]) -> Iterator[list[tuple[int, int, str]]]:
    """The edits of each fix as offsets, in the order of the text; a fix that overlaps the one before is left out."""
    all_edits = []
    for fix in dict.fromkeys(found.fix for found in diagnostics if found.fix is not None):
        edits = sorted((text.offset(span.start), text.offset(span.end), new) for span, new in fix.edits)
        all_edits.append(edits)
    done = 0
    for edits in sorted(all_edits):
        if edits[0][0] >= done:
            done = edits[-1][1]
            yield edits


def _is_same(data: JsonValue, fixed: str) -> bool:
    from batchctl.yaml12.reader import parse_yaml  # noqa: PLC0415 - the server reads requests without YAML

    parsed = parse_yaml(SourceText(fixed))
    is_text_yaml = parsed.is_whole and not any(found.rule in NOT_IGNORABLE for found in parsed.problems)
    return is_text_yaml and _plain(parsed.tree.root) == _plain(data)


def _plain(value: JsonValue) -> JsonValue:
    """The value without the backticks in its strings. Data is nested 64 levels deep at most."""
    if isinstance(value, str):
        return value.replace("`", "")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
