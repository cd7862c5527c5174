"""The one module that knows PyYAML: text -> a tree of plain data with places, by YAML 1.2.

It reads the events of libyaml (or, where that is missing, of PyYAML's own parser, ten times slower) rather than
``yaml.load``: that follows YAML 1.1, keeps no positions, lets the last of two equal keys win, and overflows the
stack on hostile input.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml import events
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from batchctl.diagnostics import Severity
from batchctl.errors import UsageError
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct
from batchctl.yaml12.anchors import Stopped
from batchctl.yaml12.encoding import decode
from batchctl.yaml12.text import SourceText
from batchctl.yaml12.tree_builder import TreeBuilder, Unquoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue
    from batchctl.yaml12.masks import Masks
    from batchctl.yaml12.syntax_errors import SyntaxTrouble
    from batchctl.yaml12.tree import Tree

try:
    from yaml._yaml import CParser  # type: ignore[import-not-found,unused-ignore]  # the stubs leave it out
except ImportError:  # pragma: no cover - PyYAML without libyaml
    CParser = None

_HALF = lazy_regex("[\ud800-\udfff]")
# Where such an escape stands; a backslash that is escaped itself begins none.
_HALF_ESCAPE = lazy_regex(r"(?:[^\\]|\\(?!u[dD][89a-fA-F]|U0000[dD][89a-fA-F]).)*", re.DOTALL)


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's own parser, which refuses the escapes that libyaml refuses: no character at all, or half a pair."""

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
        before = self.get_mark()
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError):
            # chr() has no such character.
            raise _bad_escape(start_mark, self.get_mark()) from None
        if any(map(_HALF.search, chunks)):
            skipped = _HALF_ESCAPE.match(before.buffer or "", before.pointer)
            before.index += len(skipped[0]) if skipped else 0
            raise _bad_escape(start_mark, before)
        return chunks


def _bad_escape(began: yaml.Mark, at: yaml.Mark) -> ScannerError:
    return ScannerError("while scanning a double-quoted scalar", began, "found invalid character escape", at)


class ParsedYaml(Struct, frozen=True):
    """The result of reading a YAML text: its data with places, as far as it could be read, and its problems.

    ``documents`` is how many were found: 0 in a text without content. ``is_whole`` is False where reading ended early.
    The data is ``tree.root``.
    """

    tree: Tree
    problems: tuple[Diagnostic, ...]
    documents: int
    is_whole: bool


def parse_yaml(text: SourceText, *, pure: bool = False) -> ParsedYaml:
    """The data of a YAML 1.2 (or JSON) text, with the places of all values and with all problems. Nothing is raised.

    ``pure`` uses PyYAML's parser in Python even where the fast one, libyaml, is installed.
    """
    try:
        parsed = _attempt(text, None, pure=pure)
    except Unquoted:
        parsed = None
    if parsed is not None and parsed.is_whole:
        return parsed
    from batchctl.yaml12.masks import Masks

    masks = Masks(text)
    return _attempt(text, masks, pure=pure) if parsed is None or masks.text != text else parsed


def load_plain(data: str | bytes, name: str) -> JsonValue:
    """The data of a YAML or JSON file, without places. Raises ``UsageError`` with the first error in it.

    ``data`` is the file's content, ``name`` its name in the error's message.
    """
    decoded = decode(data)
    if decoded.problem is None:
        parsed = parse_yaml(SourceText(decoded.text))
        problems = [found for found in parsed.problems if found.severity is Severity.ERROR]
        if not problems:
            return parsed.tree.root
    else:
        problems = [decoded.problem]
    raise UsageError.about(problems[0], name)


def _attempt(text: SourceText, masks: Masks | None, *, pure: bool) -> ParsedYaml:
    """One reading. Raises ``Unquoted`` where only a masked text can be read."""
    builder = TreeBuilder(text, masks)
    try:
        _build(builder, masks.text if masks else str(text), pure=pure)
    except Stopped:
        pass
    except yaml.MarkedYAMLError as error:
        from batchctl.yaml12.syntax_errors import explain

        builder.problems.append(explain(_trouble(error), text))
    except ReaderError:
        from batchctl.yaml12.syntax_errors import explain_character

        builder.problems.append(explain_character(text))
    else:
        builder.finish()
        return ParsedYaml(builder.tree, tuple(builder.problems), builder.documents, is_whole=True)
    return ParsedYaml(builder.tree, tuple(builder.problems), builder.documents, is_whole=False)


def _build(builder: TreeBuilder, text: str, *, pure: bool) -> None:
    handlers: dict[type, Callable[[Any], None]] = {
        events.ScalarEvent: builder.scalar,
        events.MappingStartEvent: builder.mapping_start,
        events.MappingEndEvent: builder.container_end,
        events.SequenceStartEvent: builder.list_start,
        events.SequenceEndEvent: builder.container_end,
        events.AliasEvent: builder.alias,
        events.DocumentStartEvent: builder.document_start,
    }
    for event in read_events(text, pure=pure):
        handler = handlers.get(type(event))
        if handler is not None:
            handler(event)


def read_events(text: str, *, pure: bool = False) -> Iterator[Any]:
    """The events of PyYAML's parser for ``text``, such as ``yaml.ScalarEvent``, for code that needs the layout too.

    Raises ``yaml.YAMLError`` for what is not YAML, while it is iterated; so check with ``parse_yaml`` first.
    """
    if CParser is None or pure:
        return iter(yaml.parse(text, Loader=_StrictLoader))
    return iter(CParser(text).get_event, None)


def _trouble(error: yaml.MarkedYAMLError) -> SyntaxTrouble:
    from batchctl.yaml12.syntax_errors import SyntaxTrouble

    mark, context = error.problem_mark, error.context_mark
    return SyntaxTrouble(
        error.problem or "",
        error.context or "",
        mark.index if mark else 0,
        context.index if context else None,
    )
