"""What a template tells about its placeholders, before and after it is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct
from batchctl.template.casts import KNOWN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.template.placeholders import Alternative, Evaluation


class WrittenCast(Struct, frozen=True):
    """A type as it is written after its colon, at code points ``offset`` to ``end`` of the string."""

    text: str
    offset: int
    end: int

    @property
    def is_known(self) -> bool:
        """Whether the service knows the type; it refuses a batch with an unknown one once there is a value."""
        return self.text in KNOWN_TYPES


class Reference(Struct, frozen=True):
    """A placeholder in a template.

    ``path`` is that of its string in the tree, ``offset`` and ``end`` count code points in that string; ``whole`` means
    that it is the whole string. ``default`` is None where none is written. ``has_way_out`` means that it says what to
    use without a value. ``alternatives`` are the paths that are tried in order; ``default_cast`` is the type that its
    default is converted to.
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
        """Every type that is written in it, in order, that of the default included."""
        return tuple(WrittenCast(text, at, at + len(text)) for text, at in self._casts())

    @property
    def unknown_casts(self) -> tuple[WrittenCast, ...]:
        """The types written in it that the service does not know."""
        return tuple(cast for cast in self.casts if not cast.is_known)

    def _casts(self) -> Iterator[tuple[str, int]]:
        for alternative in self.alternatives:
            if alternative.cast and alternative.cast_offset is not None:
                yield alternative.cast, self.offset + alternative.cast_offset
        if self.default is not None and self.default_cast:
            yield self.default_cast, self.offset + self.default_offset + len(self.default) + 1


class Rendering(Struct, frozen=True):
    """A rendered value, and for each placeholder how it got its value, in the order of ``Template.references``.

    ``trace`` has these.
    """

    value: object
    trace: tuple[tuple[Reference, Evaluation], ...]


class Partial(Struct, frozen=True):
    """A rendered value in which the ``unresolved`` placeholders are left as text; ``trace`` is as in ``Rendering``."""

    value: object
    unresolved: tuple[Reference, ...]
    trace: tuple[tuple[Reference, Evaluation], ...] = ()
