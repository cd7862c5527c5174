"""``$recursiveCharacterTextSplitter``: a text in pieces, cut at paragraphs, lines, words, in this order."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import Any, Final

from batchctl.javascript.budget import tick
from batchctl.javascript.coercion import as_array, as_object, is_nil, number, text, truthy, units
from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.stringify import stringify
from batchctl.javascript.values import UNDEFINED, WHITESPACE, lodash_text
from batchctl.truto_functions.hosting import Hosted

_SEPARATORS: Final = ("\n\n", "\n", " ", "")


def split_text(value: object, options: object) -> object:
    """``$recursiveCharacterTextSplitter``: ``value`` as text in a list of pieces, cut at paragraphs, lines or words.

    A list or object is its JSON indented by two blanks, null and UNDEFINED are empty. Pieces lose the white space
    around them; empty ones are left out. ``options`` is an object with ``chunkSize``, the most characters of a piece
    (1,000 unless given), ``chunkOverlap``, how many two pieces share (200), ``separators``, a list of texts to cut at,
    and ``keepSeparator`` (true: in the piece that follows); UNDEFINED stands for a size of 200 and an overlap of 60,
    any other value for an empty object. Raises ``HostError`` where the overlap is not smaller than the size.
    """
    given: dict[str, Any] = {"chunkSize": 200, "chunkOverlap": 60} if options is UNDEFINED else as_object(options)
    splitter = _Splitter(given)
    return splitter.split(_source(value), splitter.separators)


def _source(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, SpecialObject) and value.raw:
        return value.text
    if isinstance(value, dict | list):
        return stringify(value, indent=2)
    return "" if is_nil(value) else lodash_text(value)


class _Splitter:
    def __init__(self, options: dict[str, Any]) -> None:
        self.size = _number(options, "chunkSize", 1000)
        self.overlap = _number(options, "chunkOverlap", 200)
        self.keeps = truthy(options["keepSeparator"]) if not is_nil(options.get("keepSeparator")) else True
        wanted = options.get("separators")
        self.separators = tuple(text(each) for each in as_array(wanted)) if not is_nil(wanted) else _SEPARATORS
        if self.overlap >= self.size:
            raise HostError("Cannot have chunkOverlap >= chunkSize")

    def split(self, source: str, separators: tuple[str, ...]) -> list[str]:
        """The pieces of ``source``; one that is too long is cut at the next separator."""
        separator, finer = self._chosen(source, separators)
        if not self.keeps and not separators and source and self.size > 1:
            # The package has no separator left, and asks for its length.
            raise HostError("Cannot read properties of undefined (reading 'length')")
        between = "" if self.keeps else separator
        chunks: list[str] = []
        good: list[str] = []
        for piece in self._cut(source, separator):
            if _length(piece) < self.size:
                good.append(piece)
                continue
            chunks += self._merged(good, between)
            good = []
            chunks += [piece] if finer is None else self.split(piece, finer)
        return chunks + self._merged(good, between)

    def _chosen(self, source: str, separators: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
        for index, separator in enumerate(separators):
            if not separator:
                return "", None
            if separator in source:
                return separator, separators[index + 1 :]
        return separators[-1] if separators else "", None

    def _cut(self, source: str, separator: str) -> list[str]:
        if not separator:
            return list(source)
        first, *rest = source.split(separator)
        pieces = [first, *(separator + piece for piece in rest)] if self.keeps else [first, *rest]
        return [piece for piece in pieces if piece]

    def _merged(self, pieces: list[str], between: str) -> list[str]:
        merged: list[str] = []
        current: deque[str] = deque()
        total = 0
        for piece in pieces:
            length = _length(piece)
            if current and total + length + len(current) * len(between) > self.size:
                merged.append(between.join(current))
                while total > self.overlap or (total > 0 and total + length + len(current) * len(between) > self.size):
                    total -= _length(current.popleft())
            current.append(piece)
            total += length
        trimmed = (chunk.strip(WHITESPACE) for chunk in chain(merged, [between.join(current)]))
        return [chunk for chunk in trimmed if chunk]


def _length(value: str) -> int:
    """UTF-16 units, which is what JavaScript counts."""
    tick()
    return units(value)


def _number(options: dict[str, Any], name: str, otherwise: float) -> float:
    return otherwise if is_nil(options.get(name)) else number(options[name])


FUNCTIONS: Final = {"recursiveCharacterTextSplitter": Hosted(split_text, 2, 1)}
