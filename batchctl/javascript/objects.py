"""What JavaScript has and JSON has not: objects with methods, and objects without a prototype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_keys, dict_values
    from collections.abc import Callable, Iterator, Mapping


class BareObject(dict[str, Any]):
    """An object made by an expression: it has no prototype, so ``String(object)`` fails as in JavaScript."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """Always raises ``HostError``, as ``String(object)`` fails for an object without a prototype."""
        raise HostError("Cannot convert object to primitive value")


class SpecialObject(dict[str, Any]):
    """A JavaScript object such as a date, a duration or a URL. Its members are computed when they are first read.

    ``kind`` names its class, ``native`` is the Python value that it wraps, ``members`` returns its own members in
    order, methods included, and ``json`` is its ``toJSON`` if it has one. ``bare`` is what ``JSON.stringify`` writes
    for the wrapped value, where that has no ``toJSON``, ``whole`` returns what stands for it in the result of an
    evaluation, where that is not its JSON. ``text`` is ``String(object)``, ``number`` returns
    ``Number(object)`` (None: the number that ``text`` is, else NaN), and ``inner`` are the keys that ``$keys`` answers,
    None for those of its members. In an expression's ``=`` a ``raw`` one equals any object with the same members,
    others only themselves. ``lookup`` returns one member by its name, UNDEFINED where there is none, without computing
    the others; None computes all.
    """

    __slots__ = (
        "_filled",
        "bare",
        "inner",
        "json",
        "kind",
        "lookup",
        "members",
        "native",
        "number",
        "raw",
        "text",
        "whole",
    )

    def __init__(  # noqa: PLR0913  # what an object is made of
        self,
        kind: str,
        native: object,
        members: Callable[[], Mapping[str, object]],
        *,
        lookup: Callable[[str], object] | None = None,
        json: Callable[[], object] | None = None,
        bare: object = None,
        text: str = "[object Object]",
        number: Callable[[], float] | None = None,
        inner: tuple[str, ...] | None = None,
        raw: bool = False,
        whole: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.kind = kind
        self.native = native
        self.members = members
        self.lookup = lookup
        self.json = json
        self.bare = bare
        self.text = text
        self.number = number
        self.inner = inner
        self.raw = raw
        self.whole = whole
        self._filled = False

    def member(self, name: str) -> object:
        """The member called ``name``, UNDEFINED where there is none; where possible the others are not computed."""
        if not self._filled and self.lookup is not None:
            return self.lookup(name)
        self.fill()
        found = super().get(name, UNDEFINED)
        # One that is not among the keys, such as toJSON.
        return self.lookup(name) if found is UNDEFINED and self.lookup is not None else found

    def fill(self) -> None:
        """Compute all members, unless that has been done."""
        if not self._filled:
            self._filled = True
            super().update(self.members())

    def __getitem__(self, name: str) -> Any:
        self.fill()
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.fill()
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.fill()
        return super().__iter__()

    def __len__(self) -> int:
        self.fill()
        return super().__len__()

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None

    def get(self, name: str, default: Any = None) -> Any:
        """The member called ``name``, ``default`` where there is none or it is UNDEFINED, as with ``dict.get``."""
        found = self.member(name)
        return default if found is UNDEFINED else found

    def keys(self) -> dict_keys[str, Any]:
        """The keys of all members, as ``dict.keys``; the members are computed first."""
        self.fill()
        return super().keys()

    def values(self) -> dict_values[str, Any]:
        """The values of all members, as ``dict.values``; the members are computed first."""
        self.fill()
        return super().values()

    def items(self) -> dict_items[str, Any]:
        """Keys and values of all members, as ``dict.items``; the members are computed first."""
        self.fill()
        return super().items()

    def copy(self) -> dict[str, Any]:
        """All members in a new plain dict."""
        self.fill()
        return dict(super().items())
