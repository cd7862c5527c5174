"""YAML events -> plain data with places, and everything that is wrong with it on the way.

One pass, without recursion. Knows events by their shape only; ``reader`` brings them. Problems are collected;
``Stopped`` is raised where going on would be of no use, ``Unquoted`` where the text should be tried again masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Related
from batchctl.structs import Struct, field
from batchctl.yaml12.anchors import Anchor, Anchors, Stopped
from batchctl.yaml12.problem_log import ProblemLog, quoted, shortened
from batchctl.yaml12.scalar_reader import CORE, ScalarReader
from batchctl.yaml12.tree import Tree

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonValue
    from batchctl.yaml12.events import AliasEvent, Event, ScalarEvent, StartEvent
    from batchctl.yaml12.masks import Masks
    from batchctl.yaml12.text import SourceText

MAX_DEPTH = 64
MAX_VALUES = 2_000_000

_MAPPING_TAGS = frozenset({"!", CORE + "map"})
_LIST_TAGS = frozenset({"!", CORE + "seq"})


class Unquoted(Exception):
    """Raised where a placeholder without quotes keeps a text from being read; masked with ``Masks`` it can be read."""


class _Frame(Struct, eq=False):
    """A container that is still open; ``mapping`` is None for a list, ``step`` leads to it from the frame below."""

    mapping: dict[str, JsonValue] | None
    items: list[JsonValue]
    key_places: dict[str, int]
    item_places: list[int]
    step: str | int
    number: int
    total_before: int
    in_flow: bool
    anchor: Anchor | None = None
    height: int = 1
    merges: list[tuple[JsonValue, int, int]] = field(default_factory=list)


class TreeBuilder:
    """Builds the data of a YAML text, with places, from the events of PyYAML's parser, which it is given one by one.

    For each event the method of that name is called, in the order of the text, and ``finish`` at the end. ``text`` is
    the text, ``masks`` are those with which it is parsed, if any. The result is ``tree`` and ``problems``;
    ``documents`` is how many have begun. The methods raise ``Stopped`` where going on is of no use.
    """

    def __init__(self, text: SourceText, masks: Masks | None = None) -> None:
        self.tree = Tree()
        self.documents = 0
        self._text = text
        self._is_masked = masks is not None
        self._log = ProblemLog(text, self._path)
        self._read = ScalarReader(self._log, masks)
        self._anchors = Anchors(self._log)
        self._frames: list[_Frame] = []
        self._frame: _Frame | None = None
        self._skipped = 0
        # The key that waits for its value.
        self._key: str | None = None
        self._key_start = 0
        self._key_end = 0
        # "<<" for a merge key, "?" for one whose value is dropped.
        self._key_special = ""

    @property
    def problems(self) -> list[Diagnostic]:
        """The problems so far, in the order in which they were found."""
        return self._log.found

    def document_start(self, event: Event) -> None:
        """Begin a document. Raises ``Stopped`` for a second one, after reporting it."""
        self.documents += 1
        if self.documents > 1:
            start, end = event.start_mark.index, event.end_mark.index
            advice = "one file is one batch: put the other into a file of its own"
            self._log.add("several-documents", "a second document starts here", start, end, help=advice)
            raise Stopped

    def scalar(self, event: ScalarEvent) -> None:
        """Add a scalar as the next key or value. Raises ``Stopped`` when the file has more than 2,000,000 values."""
        if self._skipped:
            return
        frame = self._frame
        is_key = self._key is None and frame is not None and frame.mapping is not None
        value = self._read.value(event, is_key=is_key, in_flow=frame is not None and frame.in_flow)
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor:
            self._anchors.define(Anchor(event.anchor, start, value))
        if is_key:
            self._take_key(value, event.value, start, end, is_plain=not event.style)
        else:
            self._place(value, start, end, event.style or "")

    def mapping_start(self, event: StartEvent) -> None:
        """Begin a mapping: the next events, up to its end, are its keys and values."""
        if self._may_open(event, _MAPPING_TAGS):
            mapping: dict[str, JsonValue] = {}
            frame = self._opened(event, mapping, "{")
            frame.mapping = mapping
            self.tree.add_container(mapping, frame.key_places)

    def list_start(self, event: StartEvent) -> None:
        """Begin a list: the next events, up to its end, are its items."""
        if self._may_open(event, _LIST_TAGS):
            items: list[JsonValue] = []
            frame = self._opened(event, items, "[")
            frame.items = items
            self.tree.add_container(items, frame.item_places)

    def container_end(self, event: Event) -> None:
        """End the innermost mapping or list."""
        if self._skipped:
            self._skipped -= 1
            return
        frame = self._frames.pop()
        self._key = None
        self.tree.set_end(frame.number, event.end_mark.index)
        if frame.mapping is not None and frame.merges:
            self._merge(frame.mapping, frame)
        if frame.anchor is not None:
            frame.anchor.is_open = False
            frame.anchor.size = self._total - frame.total_before + 1
            frame.anchor.height = frame.height
        if not self._frames:
            self._frame = None
            return
        self._frame = self._frames[-1]
        if self._frame.height <= frame.height:
            self._frame.height = frame.height + 1

    def alias(self, event: AliasEvent) -> None:
        """Add the value that an alias stands for, as the next key or value."""
        if self._skipped:
            return
        start, end = event.start_mark.index, event.end_mark.index
        anchor = self._anchors.resolve(event.anchor, start, end)
        value = anchor.value if anchor else None
        frame = self._frame
        if anchor is not None and frame is not None:
            self._check_depth(len(self._frames) + anchor.height, start)
            frame.height = max(frame.height, anchor.height + 1)
        if self._key is None and frame is not None and frame.mapping is not None:
            self._take_key(value, event.anchor, start, end, is_plain=False)
        else:
            self._place(value, start, end, "*")

    def finish(self) -> None:
        """Report what is only known after the last event: anchors that no alias uses."""
        self._anchors.report_unused()

    @property
    def _total(self) -> int:
        return self.tree.size + self._anchors.expanded

    def _path(self) -> DataPath:
        steps: list[str | int] = [frame.step for frame in self._frames[1:]]
        if self._key is not None:
            steps.append(self._key)
        elif self._frame is not None and self._frame.mapping is None:
            steps.append(len(self._frame.items))
        return tuple(steps)

    def _take_key(self, value: JsonValue, text: str, start: int, end: int, *, is_plain: bool) -> None:
        self._key_special = "<<" if is_plain and text == "<<" else ""
        if value is None or isinstance(value, dict | list):
            self._log.add("key-not-text", "a key must be text", start, end)
            self._key_special = "?"
        elif not isinstance(value, str):
            message = f"the key {shortened(text)} is read as text"
            self._log.add("key-as-text", message, start, end, help=f"quote it: {quoted(shortened(text))}", quote=text)
        self._key = value if isinstance(value, str) else text
        self._key_start, self._key_end = start, end

    def _place(self, value: JsonValue, start: int, end: int, style: str) -> int:
        """Put a value where it belongs; the number of its spot."""
        tree, frame = self.tree, self._frame
        if frame is None:
            tree.root = value
            return tree.add_spot(start, end, start, end, style)
        if tree.size >= MAX_VALUES:
            self._log.add("file-too-large", f"the file holds more than {MAX_VALUES:,} values", start, end)
            raise Stopped
        key, mapping = self._key, frame.mapping
        if mapping is None or key is None:
            number = tree.add_spot(start, end, start, end, style)
            frame.items.append(value)
            frame.item_places.append(number)
            return number
        number = tree.add_spot(self._key_start, self._key_end, start, end, style)
        if self._key_special:
            if self._key_special == "<<":
                frame.merges.append((value, start, end))
        elif key in mapping:
            self._duplicate(key, frame.key_places[key])
        else:
            mapping[key] = value
            frame.key_places[key] = number
        self._key = None
        return number

    def _duplicate(self, key: str, first: int) -> None:
        before = self.tree.spot(first)
        related = Related(self._text.span(before.key_start, before.key_end), "first defined here")
        message = f"{quoted(shortened(key))} is already a key of this mapping"
        self._log.add("duplicate-key", message, self._key_start, self._key_end, related=(related,))

    def _may_open(self, event: StartEvent, tags: frozenset[str]) -> bool:
        if self._skipped:
            self._skipped += 1
            return False
        start = event.start_mark.index
        self._check_depth(len(self._frames) + 1, start)
        if self._key is None and self._frame is not None and self._frame.mapping is not None:
            self._skip_key(start)
            return False
        if event.tag and event.tag not in tags:
            self._read.bad_tag(event.tag, start, event.end_mark.index)
        return True

    def _opened(self, event: StartEvent, container: JsonValue, style: str) -> _Frame:
        start = event.start_mark.index
        step: str | int = 0
        if self._frame is not None:
            step = len(self._frame.items) if self._frame.mapping is None else self._key or ""
        number = self._place(container, start, start + 1, style)
        frame = _Frame(None, [], {}, [], step, number, self._total, bool(event.flow_style))
        if event.anchor:
            frame.anchor = Anchor(event.anchor, start, container, is_open=True)
            self._anchors.define(frame.anchor)
        self._frames.append(frame)
        self._frame = frame
        return frame

    def _skip_key(self, start: int) -> None:
        """A mapping or list as a key: note it, and go on after it."""
        if self._text[max(0, start - 2) : start + 1].endswith(("{{", "{ {")) and not self._is_masked:
            raise Unquoted
        advice = "text that starts with { or [ needs quotes"
        self._log.add("key-not-text", "a key must be text, not a mapping or list", start, start + 1, help=advice)
        self._key, self._key_special = "", "?"
        self._key_start, self._key_end = start, start + 1
        self._skipped = 1

    def _check_depth(self, depth: int, start: int) -> None:
        if depth > MAX_DEPTH:
            self._log.add("too-deep", f"nested deeper than {MAX_DEPTH} levels", start, start + 1)
            raise Stopped

    def _merge(self, mapping: dict[str, JsonValue], frame: _Frame) -> None:
        """Take over what ``<<`` brings; keys of the mapping itself and earlier sources win (YAML 1.1 merge type)."""
        for merged, start, end in frame.merges:
            for source in merged if isinstance(merged, list) else [merged]:
                if not isinstance(source, dict):
                    self._log.add("merge-key", "<< takes a mapping or a list of mappings", start, end)
                    continue
                self._anchors.spend(len(source), start, end)
                for key, value in source.items():
                    if key not in mapping:
                        mapping[key] = value
                        frame.key_places[key] = self.tree.place(source, key)
