"""The shapes of the parser's events, so that only ``reader`` has to know the parser. For type checkers alone."""

from __future__ import annotations

from typing import Protocol


class Mark(Protocol):
    """A place in the text; ``index`` counts code points."""

    index: int


class ScalarEvent(Protocol):
    """A scalar (a single value or key) as PyYAML's parser reports it.

    ``value`` is its text without quotes and escapes. ``implicit[0]`` says that it is plain and has no tag. ``anchor``
    and ``tag`` are None where none is written; ``style`` is its quote, ``|`` or ``>``, None for a plain one.
    """

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    value: str
    style: str | None


class Event(Protocol):
    """An event of the parser: where in the text it begins and ends. The fields are PyYAML's."""

    start_mark: Mark
    end_mark: Mark


class StartEvent(Event, Protocol):
    """The start of a mapping or list.

    ``anchor`` and ``tag`` are None where none is written; ``flow_style`` is true for ``{}`` and ``[]``.
    """

    anchor: str | None
    tag: str | None
    flow_style: bool | None


class AliasEvent(Event, Protocol):
    """A reference to an anchor (``*name``); ``anchor`` is the name."""

    anchor: str
