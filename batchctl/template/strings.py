"""A string with placeholders, compiled: the text between them and what replaces each."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.javascript.values import NativeFunction, text_or_error
from batchctl.patterns import lazy_regex
from batchctl.template.inherited import text_of_call
from batchctl.template.placeholders import KEPT, PLACEHOLDER, Placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.template.placeholders import Compiled

_PATTERN = lazy_regex(r"\$([$&`'])")
# Replacement patterns can double the text with every placeholder.
_MAX_TEXT_LENGTH = 2**25


class StringTemplate:
    """A string with placeholders, compiled.

    ``spans`` are the start and end (not included) of each placeholder, in code points. Where one placeholder is all of
    the string, ``whole`` is true and the value keeps its type; otherwise the result is text.
    """

    def __init__(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.spans = tuple(spans)
        self.placeholders = tuple(Placeholder(text[start:end]) for start, end in spans)
        self.whole = self.spans == ((0, len(text)),)
        ends = [0, *(end for _start, end in spans)]
        starts = [*(start for start, _end in spans), len(text)]
        self._literals = tuple(text[end:start] for end, start in zip(ends, starts, strict=True))

    @cached_property
    def compiled(self) -> Compiled:
        """A function from the context to the rendered value, faster than ``render``.

        The function raises ``TemplateError`` for a malformed path or an unknown type.
        """
        if self.whole:
            return self.placeholders[0].compiled(whole=True)
        getters = [placeholder.compiled(whole=False) for placeholder in self.placeholders]
        literals = "".join(self._literals)
        pattern = "%s".join(literal.replace("%", "%%") for literal in self._literals)
        if "{" in literals or "$" in literals:
            return self._carefully

        def value(context: object) -> object:
            filled = pattern % tuple(
                [text if type(text := get(context)) is str else _replacement(text) for get in getters]
            )
            # A brace or a dollar can only come from a value, or from a placeholder that stays in place.
            return filled if "{" not in filled and "$" not in filled else self._carefully(context)

        return value

    def _carefully(self, context: object) -> object:
        return self.render(lambda number: self.placeholders[number].evaluate(context, whole=self.whole).value)

    def render(self, value_of: Callable[[int], object]) -> object:
        """The string with every placeholder replaced; a string that is one placeholder is its value, of any type.

        ``value_of`` gets the index of a placeholder, from 0, and returns its value, or KEPT to leave its text. A
        ``TemplateError`` that it raises is raised again with the placeholder's offset.
        """
        values = [self._value(number, value_of) for number in range(len(self.placeholders))]
        if self.whole:
            return self.text if values[0] is KEPT else values[0]
        return self._filled([None if value is KEPT else _replacement(value) for value in values])

    def _value(self, number: int, value_of: Callable[[int], object]) -> object:
        try:
            value = value_of(number)
            return value if self.whole or not isinstance(value, NativeFunction) else text_of_call(value)
        except TemplateError as error:
            raise TemplateError(str(error), hint=error.hint, offset=self.spans[number][0]) from None

    def _filled(self, texts: list[str | None]) -> str:
        pieces = [self._literals[0]]
        exact = True
        for placeholder, literal, text in zip(self.placeholders, self._literals[1:], texts, strict=True):
            if text is None:
                pieces.append(placeholder.text)
            elif "$" in text:
                exact = exact and "$`" not in text and "$'" not in text
                pieces.append(_substituted(text, placeholder.text))
            else:
                pieces.append(text)
            pieces.append(literal)
        filled = "".join(pieces)
        if exact and not ("{{" in filled and len(texts) > 1 and self._meets_others(filled, texts)):
            return filled
        return self._one_by_one(texts)

    def _meets_others(self, filled: str, texts: list[str | None]) -> bool:
        """Whether replacing made the text of a placeholder, which the service then replaces in its turn."""
        kept = Counter(one.text for one, text in zip(self.placeholders, texts, strict=True) if text is None)
        made = Counter(PLACEHOLDER.findall(filled)) - kept
        return any(placeholder.text in made for placeholder in self.placeholders)

    def _one_by_one(self, texts: list[str | None]) -> str:
        """JavaScript's ``replace`` in a loop: each takes the first place where the placeholder's text is found."""
        result = self.text
        for placeholder, text in zip(self.placeholders, texts, strict=True):
            at = result.find(placeholder.text)
            if at < 0 or text is None:
                continue
            before, after = result[:at], result[at + len(placeholder.text) :]
            result = f"{before}{_substituted(text, placeholder.text, before, after)}{after}"
            if len(result) > _MAX_TEXT_LENGTH:
                raise TemplateError(
                    "the replacement patterns in the values make the text longer than 32 million characters"
                )
        return result


def _replacement(value: object) -> str:
    return text_of_call(value) if isinstance(value, NativeFunction) else text_or_error(value)


def _substituted(text: str, match: str, before: str = "", after: str = "") -> str:
    """JavaScript's replacement patterns: ``$$``, ``$&``, ``$``` and ``$'``."""
    if "$" not in text:
        return text
    meanings = {"$": "$", "&": match, "`": before, "'": after}
    pieces = _PATTERN.split(text)
    total = sum(len(meanings[piece]) if index % 2 else len(piece) for index, piece in enumerate(pieces))
    if total > _MAX_TEXT_LENGTH:
        raise TemplateError("the replacement patterns in a value make the text longer than 32 million characters")
    return "".join(meanings[piece] if index % 2 else piece for index, piece in enumerate(pieces))


def compile_string(text: str) -> StringTemplate | None:
    """``text`` compiled; None when it has no placeholder."""
    if "{{" not in text:
        return None
    spans = [match.span() for match in PLACEHOLDER.finditer(text)]
    return StringTemplate(text, spans) if spans else None


# The same strings stand in many resources, and inside values they are seen again with every record.
compile_cached = lru_cache(maxsize=4096)(compile_string)
