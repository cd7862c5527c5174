"""What a template tells about its placeholders, before and after it is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct
from batchctl.template.casts import KNOWN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.template.placeholders import Alternative, Evaluation


class WrittenCast(Struct, frozen=True):
    """A type as it is after its colon, at code points ``offset`` to ``end`` of the string."""

    text: str
    offset: int
    end: int

    @property
    def is_known(self) -> bool:
        """Whether the service knows the type; with another it refuses the batch once the placeholder has a value."""
        return self.text in KNOWN_TYPES


class Reference(Struct, frozen=True):
    """A placeholder in a template.

    ``path`` leads to its string in the tree, ``offset`` and ``end`` count code points in that string; ``whole``
    says that it is all of it. ``default`` is None where none is written. ``casts`` are the types as written.
    """

    path: tuple[str | int, ...]
    offset: int
    end: int
    text: str
    alternatives: tuple[Alternative, ...]
    default: str | None
    default_cast: str | None
    whole: bool
    has_way_out: bool
    default_offset: int = 0

    @property
    def casts(self) -> tuple[WrittenCast, ...]:
        """Every type that is written in it, that of the default too, in order."""
        return tuple(WrittenCast(text, at, at + len(text)) for text, at in self._casts())

    @property
    def unknown_casts(self) -> tuple[WrittenCast, ...]:
        """Those that the service does not know."""
        return tuple(cast for cast in self.casts if not cast.is_known)

    def _casts(self) -> Iterator[tuple[str, int]]:
        for alternative in self.alternatives:
            if alternative.cast and alternative.cast_offset is not None:
                yield alternative.cast, self.offset + alternative.cast_offset
        if self.default is not None and self.default_cast:
            yield self.default_cast, self.offset + self.default_offset + len(self.default) + 1


class Rendering(Struct, frozen=True):
    """A rendered value, and per reference how it came to its own, in the order of ``Template.references``."""

    value: object
    trace: tuple[tuple[Reference, Evaluation], ...]


class Partial(Struct, frozen=True):
    """A value in which the ``unresolved`` placeholders stand as their own text; ``trace`` as in ``Rendering``."""

    value: object
    unresolved: tuple[Reference, ...]
    trace: tuple[tuple[Reference, Evaluation], ...] = ()
