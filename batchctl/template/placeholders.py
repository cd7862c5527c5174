"""One placeholder: ``{{ path[:type] [| path[:type]]… [?: default[:type]] }}``.

The grammar is that of @truto/replace-placeholders 1.0.11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from batchctl.errors import TemplateError
from batchctl.template.casts import cast
from batchctl.template.paths import compile_path
from batchctl.template.values import UNDEFINED, WHITESPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.template.paths import Lookup

_SPACE = re.escape(WHITESPACE)
PLACEHOLDER: Final = re.compile(rf"\{{\{{[A-Za-z0-9_\-./|:?{_SPACE}]+\}}\}}")
_TYPE_SEPARATOR = re.compile(rf":(?=[A-Za-z0-9_{_SPACE}])")


class Kept:
    """What a placeholder is worth that nothing replaces: its own text."""


KEPT: Final = Kept()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One path that a placeholder tries, its type (None where none is written), and where in the text it starts."""

    path: str
    cast: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a placeholder came to its value.

    ``chosen`` is the number of the alternative that won, None for the default or for nothing; ``raw`` what
    stood at its path, ``cast`` the type put on it, ``default`` whether the default stepped in.
    """

    value: object
    chosen: int | None = None
    raw: object = UNDEFINED
    cast: str | None = None
    default: bool = False
    unknown: bool = False

    @property
    def kept(self) -> bool:
        """Whether the placeholder's text stays in place."""
        return self.value is KEPT


class Placeholder:
    """A parsed placeholder. Paths and types are checked when they are reached, as the service does."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = text[2:-2].split("?:")
        parts = pieces[0].split("|")
        self.alternatives = tuple(_alternatives(parts))
        self.default: str | None = None
        self.default_cast: str | None = None
        if len(pieces) > 1 and pieces[1]:
            written = _TYPE_SEPARATOR.split(pieces[1])
            self.default = written[0]
            self.default_cast = written[1] if len(written) > 1 and written[1] else None
        self._null = any(":null" in part for part in parts)
        self._undefined = any(":undefined" in part for part in parts)
        self._skips_empty = any(":ignore-empty-str" in part for part in parts)

    @property
    def has_way_out(self) -> bool:
        """Whether it says itself what happens when no path leads anywhere."""
        return self.default is not None or self._null or self._undefined

    @cached_property
    def _lookups(self) -> tuple[tuple[Lookup | TemplateError, str], ...]:
        return tuple((_lookup(item.path), "str" if item.cast is None else item.cast) for item in self.alternatives)

    def value(self, context: object, whole: bool) -> object:
        """What replaces it, or KEPT. Raises ``TemplateError``."""
        for lookup, kind in self._lookups:
            if isinstance(lookup, TemplateError):
                raise lookup
            raw = lookup(context)
            if raw is UNDEFINED or (raw == "" and self._skips_empty):
                continue
            if kind == "str" and isinstance(raw, str):
                return raw
            return cast(raw, kind, whole=whole)
        return self._otherwise(whole)

    def evaluate(self, context: object, *, whole: bool, is_unknown: Callable[[str], bool]) -> Evaluation:
        """The same, telling how; a path that ``is_unknown`` keeps the text, since it might win."""
        for number, ((lookup, kind), alternative) in enumerate(zip(self._lookups, self.alternatives, strict=True)):
            if is_unknown(alternative.path):
                return Evaluation(KEPT, unknown=True)
            if isinstance(lookup, TemplateError):
                raise lookup
            raw = lookup(context)
            if raw is UNDEFINED or (raw == "" and self._skips_empty):
                continue
            return Evaluation(cast(raw, kind, whole=whole), chosen=number, raw=raw, cast=kind)
        default = self.default is not None
        return Evaluation(
            self._otherwise(whole), default=default, cast=(self.default_cast or "str") if default else None
        )

    def _otherwise(self, whole: bool) -> object:
        if self.default is not None:
            return cast(self.default, self.default_cast or "str", whole=whole)
        if self._undefined:
            return UNDEFINED if whole else ""
        return None if self._null else KEPT


def _alternatives(parts: list[str]) -> list[Alternative]:
    found = []
    offset = 2
    for part in parts:
        written = _TYPE_SEPARATOR.split(part)
        kind = written[1] if len(written) > 1 else ""
        start = offset + len(written[0]) - len(written[0].lstrip(WHITESPACE))
        found.append(Alternative(written[0].strip(WHITESPACE), kind.strip(WHITESPACE) if kind else None, start))
        offset += len(part) + 1
    return found


@lru_cache(maxsize=4096)
def _lookup(path: str) -> Lookup | TemplateError:
    try:
        return compile_path(path)
    except TemplateError as error:
        return error
