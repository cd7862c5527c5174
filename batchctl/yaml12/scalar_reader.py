"""What a scalar event means: YAML 1.2 values, tags, and the traps that people fall into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.yaml12.decimals import in_words, is_sent_otherwise
from batchctl.yaml12.problem_log import quoted, shortened
from batchctl.yaml12.scalars import (
    CONSTANTS,
    NUMBER_STARTS,
    OLD_BOOLEANS,
    UnusableNumber,
    old_reading,
    resolve,
)

if TYPE_CHECKING:
    from batchctl.yaml12.events import ScalarEvent
    from batchctl.yaml12.masks import Masks
    from batchctl.yaml12.problem_log import ProblemLog
    from batchctl.yaml12.scalars import Scalar

CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", CORE + "str"})
_TYPES: dict[str, type] = {"int": int, "float": float, "bool": bool, "null": type(None)}


class ScalarReader:
    """Turns the scalars of a YAML text into values: text, numbers, booleans and None.

    ``masks`` are those that the text was parsed with, None for the text as it is. Problems are added to ``log``.
    """

    def __init__(self, log: ProblemLog, masks: Masks | None) -> None:
        self._log = log
        self._masks = masks

    def value(self, event: ScalarEvent, *, is_key: bool, in_flow: bool) -> Scalar:
        """The value of a scalar by YAML 1.2's core schema. Problems are added to the log.

        ``is_key`` says that it is the key of a mapping, ``in_flow`` that it is inside ``[ ]`` or ``{ }``.
        """
        text = event.value
        if self._masks is not None:
            text = self._unmasked(event, self._masks, in_flow=in_flow)
        if event.implicit[0]:
            if text in CONSTANTS or text[0] in NUMBER_STARTS or text in OLD_BOOLEANS:
                # The tag "!" makes it text (YAML 1.2, 6.9.1); the parsers call that implicit, too.
                return text if event.tag == "!" else self._plain(text, event, is_key=is_key)
        elif event.tag:
            return self._tagged(event.tag, text, event)
        return text

    def bad_tag(self, tag: str, start: int, end: int) -> None:
        """Add a problem about a tag that has no meaning here, such as ``!include``; its offset is ``start``.

        No more than the tag is marked, though ``end``, the end of what it belongs to, may be further on.
        """
        shown = _shown_tag(tag)
        message = f"the tag {shortened(shown)} means nothing here"
        end = min(end, start + len(shown))
        self._log.add("unsupported-tag", message, start, end, help="text that starts with ! needs quotes")

    def _plain(self, text: str, event: ScalarEvent, *, is_key: bool) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        try:
            value = resolve(text)
        except UnusableNumber as error:
            self._log.add("unusable-number", str(error), start, end, help="quote it if it is text")
            return None
        if type(value) is float and is_sent_otherwise(text, value):
            self._shortened(text, value, start, end)
        reading = old_reading(text)
        # A number as a key is reported as such.
        if reading is not None and not (is_key and not isinstance(value, str)):
            self._ambiguous(text, value, reading, start, end)
        return value

    def _ambiguous(self, text: str, value: Scalar, reading: str, start: int, end: int) -> None:
        if isinstance(value, str):
            message = f"{shortened(text)} is text here, but {reading} to YAML 1.1 tools"
            advice = f"quote it: {quoted(shortened(text))}"
        else:
            number = shortened(str(value))
            message = f"{shortened(text)} is the number {number} here, and may be another one to YAML 1.1 tools"
            advice = f"quote it if it is text: {quoted(shortened(text))}; else write {number}"
        quote = text if isinstance(value, str) else None
        self._log.add("ambiguous-scalar", message, start, end, help=advice, quote=quote)

    def _shortened(self, text: str, value: float, start: int, end: int) -> None:
        """A version or a code (``1.10``) as a number: the zero, and what a double has no room for, is not sent."""
        message, advice = in_words(text, value)
        self._log.add("ambiguous-scalar", message, start, end, help=advice)

    def _tagged(self, tag: str, text: str, event: ScalarEvent) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if tag in _TEXT_TAGS:
            return text
        wanted = _TYPES.get(tag.removeprefix(CORE)) if tag.startswith(CORE) else None
        if wanted is None:
            self.bad_tag(tag, start, end)
            return text
        value = self._plain(text, event, is_key=True)
        if wanted is float and type(value) is int:
            return float(value)
        if type(value) is not wanted:
            message = f"{quoted(shortened(text))} does not fit its tag {_shown_tag(tag)}"
            self._log.add("unsupported-tag", message, start, end)
        return value

    def _unmasked(self, event: ScalarEvent, masks: Masks, *, in_flow: bool) -> str:
        from batchctl.yaml12.masks import joined  # noqa: PLC0415 - most files need none

        start, end, style = event.start_mark.index, event.end_mark.index, event.style or ""
        original = self._log.text[start:end]
        written = masks.restored(event.value, style, original)
        text = joined(written)
        # Outside of [ ] and { } a brace is only special where a value begins, and a $ before it is harmless.
        begins = masks.starts_hidden(event.value) and text[0] == "{"
        if not style and masks.has_hidden(event.value) and (in_flow or begins):
            what = "a placeholder" if "{{" in text else "a variable"
            message = f"{what} without quotes: YAML takes its braces for a mapping"
            advice = f"put it in quotes: {quoted(text)}"
            if text[:1] in _TYPOGRAPHIC and text[-1:] in _TYPOGRAPHIC:
                message = "these quotes are letters to YAML"
                text = text[1:-1]
                advice = f"write straight ones: {quoted(text)}"
            self._log.add("unquoted-placeholder", message, start, end, help=advice, quote=written, meant=text)
            return text
        return written


# As word processors write them: ‘ ’ ‚ “ ” „ « ».
_TYPOGRAPHIC = frozenset("\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb")


def _shown_tag(tag: str) -> str:
    return "!!" + tag.removeprefix(CORE) if tag.startswith(CORE) else tag
