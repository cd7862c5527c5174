"""One placeholder: ``{{ path[:type] [| path[:type]]… [?: default[:type]] }}``.

The grammar is that of @truto/replace-placeholders 1.0.11.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED, WHITESPACE, sendable
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct
from batchctl.template.casts import cast, caster
from batchctl.template.paths import compile_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.template.paths import Lookup

Compiled: TypeAlias = "Callable[[object], object]"
"""From the context, the object that paths start in, to a value."""
_SPACE = re.escape(WHITESPACE)
PLACEHOLDER: Final = lazy_regex(rf"\{{\{{[A-Za-z0-9_\-./|:?{_SPACE}]+\}}\}}")
_TYPE_SEPARATOR = lazy_regex(rf":(?=[A-Za-z0-9_{_SPACE}])")


class Kept:
    """The type of KEPT, which stands for the value of a placeholder that has none: its own text is sent."""


KEPT: Final = Kept()


class Alternative(Struct, frozen=True):
    """One of the paths that a placeholder tries in order, and the type after its colon.

    ``cast`` is that type, None where none is written. ``offset`` and ``cast_offset`` are where path and type begin, in
    code points from the placeholder's first brace.
    """

    path: str
    cast: str | None
    offset: int
    cast_offset: int | None = None


class Evaluation(NamedTuple):
    """The ``value`` of a placeholder (KEPT where it has none and its text stays), and how it got it.

    ``chosen`` is the index of the alternative that had a value, None for the default or for no value. ``raw`` is what
    was at its path before the type ``cast`` was applied. ``default`` says whether the default was used; ``unknown``
    that the placeholder stays text because only a run knows a path.
    """

    value: object
    chosen: int | None = None
    raw: object = UNDEFINED
    cast: str | None = None
    default: bool = False
    unknown: bool = False

    @property
    def without_value(self) -> bool:
        """Whether the placeholder has no value, so that its own text would be sent.

        False where only a run knows a path, since it may still find a value.
        """
        return self.value is KEPT and not self.unknown

    @property
    def kept(self) -> bool:
        """Whether the placeholder's text stays in place, for want of a value or because only a run knows the value."""
        return self.value is KEPT


class Placeholder:
    """A parsed placeholder; ``text`` is all of it, braces included.

    ``alternatives`` are its paths in order, ``default`` is the text after ``?:`` and ``default_cast`` that one's type,
    None where none is written. As on the service, a malformed path or an unknown type is an error only when it is
    evaluated.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = text[2:-2].split("?:")
        parts = pieces[0].split("|")
        self.alternatives = tuple(_alternatives(parts))
        self._casts = tuple("str" if item.cast is None else item.cast for item in self.alternatives)
        self.default: str | None = None
        # As it stands after the colon: the service does not trim it.
        self.default_cast: str | None = None
        self.default_offset = len(pieces[0]) + 4
        if len(pieces) > 1 and pieces[1]:
            written = _TYPE_SEPARATOR.split(pieces[1])
            self.default = written[0]
            self.default_cast = written[1] if len(written) > 1 and written[1] else None
        self._null = any(":null" in part for part in parts)
        self._undefined = any(":undefined" in part for part in parts)
        self._skips_empty = any(":ignore-empty-str" in part for part in parts)

    @property
    def has_fallback(self) -> bool:
        """Whether it says what to use when no path has a value: a default, ``:null`` or ``:undefined``."""
        return self.default is not None or self._null or self._undefined

    @property
    def is_text(self) -> bool:
        """Whether every type in it is ``str``, so that its value is text, null or UNDEFINED."""
        return all(kind == "str" for kind in self._casts) and self.default_cast in (None, "str")

    def compiled(self, *, whole: bool) -> Compiled:
        """A function from the context to the value, faster than ``evaluate``.

        Where there is no value it returns the placeholder's own text. ``whole`` says whether the placeholder is all of
        its string. The function raises ``TemplateError`` for a malformed path or an unknown type, without an offset.
        """
        try:
            tries = [
                (compile_path(item.path), caster(kind, whole=whole))
                for item, kind in zip(self.alternatives, self._casts, strict=True)
            ]
            rest = self._otherwise(whole)
        except TemplateError:
            # Only an error once it is reached.
            return lambda context: _or_text(self.evaluate(context, whole=whole).value, self.text)
        rest = _or_text(sendable(rest) if whole else rest, self.text)
        if len(tries) == 1 and not self._skips_empty:
            return _only(*tries[0], rest)
        return _first(tries, rest, skips_empty=self._skips_empty)

    def evaluate(
        self, context: object, *, whole: bool, is_unknown: Callable[[str], bool] = lambda _path: False
    ) -> Evaluation:
        """The value that replaces it, KEPT where its text stays, and how it got that.

        ``context`` is the object that paths start in, ``whole`` says whether the placeholder is all of its string. The
        first alternative with a value counts, null included; the value is no copy. ``is_unknown`` gets a path and says
        whether only a run knows its value; the text then stays. Raises ``TemplateError`` for a malformed path or an
        unknown type.
        """
        for number, (alternative, kind) in enumerate(zip(self.alternatives, self._casts, strict=True)):
            if is_unknown(alternative.path):
                return Evaluation(KEPT, unknown=True)
            raw = compile_path(alternative.path)(context)
            if raw is UNDEFINED or (self._skips_empty and raw == ""):
                continue
            return Evaluation(cast(raw, kind, whole=whole), chosen=number, raw=raw, cast=kind)
        if self.default is not None:
            return Evaluation(self._otherwise(whole), default=True, cast=self.default_cast or "str")
        return Evaluation(self._otherwise(whole))

    def source(self, context: object) -> tuple[int | None, object]:
        """The index of the first alternative that has a value, from 0, and that value before any type is applied.

        (None, UNDEFINED) where none has one; null and, unless the type is ``ignore-empty-str``, empty text are values.
        ``context`` is the object that paths start in. Raises ``TemplateError`` for a malformed path.
        """
        for number, alternative in enumerate(self.alternatives):
            raw = compile_path(alternative.path)(context)
            if raw is not UNDEFINED and not (self._skips_empty and raw == ""):
                return number, raw
        return None, UNDEFINED

    def _otherwise(self, whole: bool) -> object:
        if self.default is not None:
            return cast(self.default, self.default_cast or "str", whole=whole)
        if self._undefined:
            return UNDEFINED if whole else ""
        return None if self._null else KEPT


def _or_text(value: object, text: str) -> object:
    return text if value is KEPT else value


def _only(look_up: Lookup, convert: Compiled, rest: object) -> Compiled:
    def value(context: object) -> object:
        raw = look_up(context)
        return rest if raw is UNDEFINED else convert(raw)

    return value


def _first(tries: list[tuple[Lookup, Compiled]], rest: object, *, skips_empty: bool) -> Compiled:
    def value(context: object) -> object:
        for look_up, convert in tries:
            raw = look_up(context)
            if raw is not UNDEFINED and not (skips_empty and raw == ""):
                return convert(raw)
        return rest

    return value


def _alternatives(parts: list[str]) -> list[Alternative]:
    found = []
    offset = 2
    for part in parts:
        written = _TYPE_SEPARATOR.split(part)
        kind = written[1] if len(written) > 1 else ""
        found.append(
            Alternative(
                path=written[0].strip(WHITESPACE),
                cast=kind.strip(WHITESPACE) if kind else None,
                offset=offset + _indent(written[0]),
                cast_offset=offset + len(written[0]) + 1 + _indent(kind) if kind else None,
            )
        )
        offset += len(part) + 1
    return found


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(WHITESPACE))
