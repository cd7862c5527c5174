"""What a template tells about its placeholders, before and after it is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct
from batchctl.template.casts import KNOWN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.template.placeholders import Alternative, Evaluation


class WrittenCast(Struct, frozen=True):
    """A type as it is written after a colon, such as ``int``: its ``text`` and where it is in its string.

    It goes from code point ``offset`` up to ``end``, not included.
    """

    text: str
    offset: int
    end: int

    @property
    def is_known(self) -> bool:
        """Whether the service knows the type.

        It refuses a batch with an unknown one as soon as the placeholder has a value.
        """
        return self.text in KNOWN_TYPES


class Reference(Struct, frozen=True):
    """A placeholder in a template: where it is, and what is written in it.

    ``path`` is the keys and indexes that lead to its string, ``offset`` and ``end`` are its code points in that string,
    ``whole`` says that it is all of the string. ``text`` has the braces. ``alternatives`` are the paths that are tried
    in order, ``default`` is the text after ``?:`` and ``default_cast`` that one's type; None where none is written.
    ``default_offset`` counts from the first brace. ``has_fallback`` means that a default, ``:null`` or ``:undefined``
    says what to use without a value.
    """

    path: tuple[str | int, ...]
    offset: int
    end: int
    text: str
    alternatives: tuple[Alternative, ...]
    default: str | None
    default_cast: str | None
    whole: bool
    has_fallback: bool
    default_offset: int = 0

    @property
    def casts(self) -> tuple[WrittenCast, ...]:
        """Every type that is written in the placeholder, in order, that of the default included."""
        return tuple(WrittenCast(text, at, at + len(text)) for text, at in self._casts())

    @property
    def unknown_casts(self) -> tuple[WrittenCast, ...]:
        """The types written in the placeholder that the service does not know."""
        return tuple(cast for cast in self.casts if not cast.is_known)

    def _casts(self) -> Iterator[tuple[str, int]]:
        for alternative in self.alternatives:
            if alternative.cast and alternative.cast_offset is not None:
                yield alternative.cast, self.offset + alternative.cast_offset
        if self.default is not None and self.default_cast:
            yield self.default_cast, self.offset + self.default_offset + len(self.default) + 1


class Rendering(Struct, frozen=True):
    """A rendered ``value``, and in ``trace`` each placeholder with how it got its own value.

    ``trace`` has the order of ``Template.references``.
    """

    value: object
    trace: tuple[tuple[Reference, Evaluation], ...]


class Partial(Struct, frozen=True):
    """A ``value`` rendered as far as is known before a run: the ``unresolved`` placeholders are left in it as text.

    ``trace`` has every placeholder with how it got its value, in the order of ``Template.references``.
    """

    value: object
    unresolved: tuple[Reference, ...]
    trace: tuple[tuple[Reference, Evaluation], ...] = ()
