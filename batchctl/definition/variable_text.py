"""The forms of ``${VAR}`` in a string, as compose files and POSIX shells have them.

- ``${VAR}``: the value; it must be set.
- ``${VAR:-text}`` / ``${VAR-text}``: the value, or ``text`` where it is unset or empty / where it is unset.
- ``${VAR:?text}`` / ``${VAR?text}``: the value; where it is unset or empty / unset an error that says ``text``.
- ``${VAR:+text}`` / ``${VAR+text}``: ``text`` where it is set and not empty / set, else nothing.
- ``$${``: a literal ``${``.

``$NAME`` and ``$(command)``, which shells and compose files fill in, stay as they are: ``shell_spellings`` finds them.

Source: https://docs.docker.com/reference/compose-file/interpolation/ (and POSIX, 2.6.2 Parameter Expansion).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START = lazy_regex(r"\$?\$\{")
_NAME = lazy_regex(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = lazy_regex(r":?[-?+]")
# So much of a reference is enough to know it by.
_SHOWN = 200
_BRACE = lazy_regex(r"[{}]")
# A name in capitals, since "$filter" and "$5" are text; a command begins with a word. Not within a word ("US$A").
_SHELL = lazy_regex(r"(?<![\w$\\])\$(?:[A-Z_]*[A-Z][A-Z0-9_]*(?!\w)|\([a-z][^()]*\))")


class Variable(NamedTuple):
    """A reference to an environment variable in a text, such as ``${NAME:-default}``, or an escape of one (``$${``).

    It is from ``start`` to ``end`` (exclusive), in code points. Without a ``name`` it is an escape (``is_escape``) or
    can't be read. ``operator`` is ``-``, ``?`` or ``+``, with or without a colon before it, empty for none; the text
    after it is from ``word_start`` to ``end - 1``.
    """

    start: int
    end: int
    name: str = ""
    operator: str = ""
    word_start: int = 0
    is_escape: bool = False


def find_variables(text: str) -> Iterator[Variable]:
    """The references and escapes in a text from left to right; those inside of another are not listed."""
    at = 0
    closings: dict[int, int] | None = None
    while (match := _START.search(text, at)) is not None:
        start, at = match.start(), match.end()
        if match[0] == "$${":
            yield Variable(start, at, is_escape=True)
            continue
        if closings is None:
            closings = _closings(text)
        found = _variable(text, start, at, closings)
        at = found.end
        yield found


def may_hold_variables(text: str) -> bool:
    """Whether a definition's text may have a ``${VAR}`` or an escape of one in it; False means that it has none."""
    return "${" in text or ("$" in text and _SHELL.search(text) is not None)


def shell_spellings(text: str) -> Iterator[tuple[int, int]]:
    """Where ``$NAME`` and ``$(command)`` are in a text, from left to right: start, exclusive end (code points)."""
    return (match.span() for match in _SHELL.finditer(text))


def spelled(text: str, start: int) -> str:
    """The reference that begins at offset ``start`` of ``text``, as it is written.

    It reaches to the brace that closes it, at most 200 characters; where none does, to the end of the line.
    """
    shown = text[start : start + _SHOWN]
    end = _closings(shown).get(1)
    return shown[: end + 1] if end is not None else shown.partition("\n")[0]


def _variable(text: str, start: int, at: int, closings: Mapping[int, int]) -> Variable:
    name = _NAME.match(text, at)
    if name is None:
        return Variable(start, at)
    if text.startswith("}", name.end()):
        return Variable(start, name.end() + 1, name[0])
    operator = _OPERATOR.match(text, name.end())
    end = closings.get(at - 1)
    if operator is None or end is None:
        return Variable(start, at)
    return Variable(start, end + 1, name[0], operator[0], operator.end())


def _closings(text: str) -> dict[int, int]:
    """Where each brace that opens is closed, by the place of the one that opens."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            found[opened.pop()] = match.start()
    return found
