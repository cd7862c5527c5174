"""Text → the same definition in canonical form, or the reason why not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.formatting.emitter import Emitter, rank_of
from batchctl.formatting.json_layout import json_layout
from batchctl.formatting.nodes import Node, compose
from batchctl.formatting.trivia import Trivia
from batchctl.patterns import lazy_regex
from batchctl.yaml12.json_text import json_problem
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue

_MARKER = lazy_regex(r"^---(?=\s|$)", re.MULTILINE)
_END = lazy_regex(r"^\.\.\.(?=\s|$)", re.MULTILINE)
_ANCHOR = lazy_regex(r"(?:^|[\s\[{,:-])&\S")


class Unformattable(ValueError):
    """Raised for a text that can't be put in canonical form; the message says why, in a few words."""


def format_text(text: str, *, is_json: bool = False, keeps_order: bool = False) -> str:
    r"""The text of a definition, or of any YAML, in canonical form: the same data, with the same comments.

    With ``is_json`` it is JSON and stays so; ``keeps_order`` leaves the keys of resources in their order. Line ends
    (``\n`` or ``\r\n``, whichever comes first) and a byte order mark stay. That data and comments are the same is
    checked before it is returned. Raises ``Unformattable`` where they would not be, and for a text that can't be read.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    newline = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if "\r" in plain:
        raise Unformattable("it has line ends of old Macs")
    before = _data(plain)
    if is_json and json_problem(SourceText(plain)) is not None:
        raise Unformattable("it is not JSON")
    root = compose(plain)
    if root is None:
        return text
    made = json_layout(root, plain) if is_json else _formatted(plain, root, keeps_order=keeps_order)
    if made != plain:
        _compare(plain, root, before, made)
    return mark + (made if newline == "\n" else made.replace("\n", newline))


def _formatted(text: str, root: Node, *, keeps_order: bool) -> str:
    start = _start(text, root.start)
    trivia = Trivia(text, root, start)
    rest = text[trivia.end :].strip()
    if rest and not _END.match(rest):
        raise Unformattable("where some of its lines belong is unclear")
    emitter = Emitter(text, keeps_order=keeps_order or bool(_ANCHOR.search(text)))
    try:
        lines = emitter.document(root)
    except ValueError as error:
        raise Unformattable(f"a block begins with {error}") from error
    head = [line.rstrip() for line in text[:start].strip().split("\n")] if start else []
    return "\n".join([*head, *lines, *([rest] if rest else [])]) + "\n"


def _start(text: str, root: int) -> int:
    """Where the document begins, after its directives and marker."""
    markers = [found.end() for found in _MARKER.finditer(text, 0, root)]
    return markers[-1] if markers else 0


def _data(text: str) -> JsonValue:
    parsed = parse_yaml(SourceText(text))
    wrong = [found for found in parsed.problems if found.severity is Severity.ERROR]
    if wrong or not parsed.is_whole:
        raise Unformattable(_said(wrong[0]) if wrong else "it is not whole")
    return parsed.tree.root


def _compare(text: str, root: Node, before: JsonValue, made: str) -> None:
    """Raises ``Unformattable`` where the new text says something else, or lacks a comment."""
    after = _data(made)
    if _spelled(before) != _spelled(after) or _comments(text, root) != _comments(made, compose(made)):
        raise Unformattable("its layout can't be kept apart from what it says")


def _spelled(data: JsonValue) -> str:
    """The data as text, with the keys of resources in order: of all others the order is part of what is sent."""
    resources = data.get("resources") if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(resources, list):
        data = {**data, "resources": [_ordered(resource) for resource in resources]}
    return json.dumps(data)


def _ordered(resource: JsonValue) -> JsonValue:
    if not isinstance(resource, dict):
        return resource
    return dict(sorted(resource.items(), key=lambda pair: rank_of(pair[0])))


def _comments(text: str, root: Node | None) -> list[str]:
    """All comments, sorted: what is left of a text without its scalars."""
    found: list[str] = []
    at = 0
    for start, end in _scalars(root):
        found += _in_gap(text[at:start])
        at = end
    return sorted(found + _in_gap(text[at:]))


def _in_gap(gap: str) -> list[str]:
    return [line[line.index("#") :].rstrip() for line in gap.split("\n") if "#" in line] if "#" in gap else []


def _scalars(root: Node | None) -> list[tuple[int, int]]:
    """Where the scalars of a text are, in its order."""
    found: list[tuple[int, int]] = []
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if node.kind in "sa":
            found.append((node.start, node.end))
        waiting += node.items
    return sorted(found)


def _said(problem: Diagnostic) -> str:
    help_ = f" ({problem.help})" if problem.help else ""
    return f"line {problem.span.start.line}: {problem.message}{help_}"
