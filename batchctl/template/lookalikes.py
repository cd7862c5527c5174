"""Text that looks like a placeholder and is none, and would therefore be sent literally."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.javascript.values import WHITESPACE
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct
from batchctl.template.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING = lazy_regex(r"\{\{+|\{\s{1,3}\{")
_SINGLE = lazy_regex(r"(?<![{$])\{(\s{0,9}(?:args|resources)\.[A-Za-z0-9_.\-]{1,200}\s{0,9})\}")
_INSIDE = lazy_regex(r"[^{}\n]{0,200}")
_CLOSING = lazy_regex(r"\}\s{1,3}\}|\}\}?")
_BRACKET = lazy_regex(r"\[\s*['\"]?([^\]'\"]*)['\"]?\s*\]")
_ALLOWED = lazy_regex(rf"[A-Za-z0-9_\-./|:?{re.escape(WHITESPACE)}]")


class Lookalike(Struct, frozen=True):
    """A part of a text that looks like a placeholder and is none, so that it would be sent as it is.

    It goes from code point ``offset`` up to ``end``, not included. ``message`` says why it is none (a brace is
    missing), ``suggestion`` is the placeholder that was probably meant, None where that is unclear.
    """

    offset: int
    end: int
    message: str
    suggestion: str | None


def find_lookalikes(text: str) -> tuple[Lookalike, ...]:
    """Every part of ``text`` that was probably meant as a placeholder and is none, in order."""
    if "{" not in text and "}}" not in text:
        return ()
    found: list[Lookalike] = []
    start = 0
    for match in PLACEHOLDER.finditer(text):
        found.extend(_between(text, start, match.start()))
        if not match[0][2:-2].strip(WHITESPACE):
            found.append(Lookalike(*match.span(), f"{match[0]} names nothing", "{{args.name}}"))
        start = match.end()
    found.extend(_between(text, start, len(text)))
    return tuple(found)


def _between(text: str, start: int, end: int) -> Iterator[Lookalike]:
    """Look-alikes in the text between two placeholders."""
    at = start
    while at < end:
        opening = _OPENING.search(text, at, end)
        for single in _SINGLE.finditer(text, at, opening.start() if opening else end):
            if text[single.end() : single.end() + 1] == "}":
                yield Lookalike(single.start(), single.end() + 1, "a brace is missing", f"{{{{{single[1].strip()}}}}}")
            else:
                yield Lookalike(*single.span(), "single braces are plain text", f"{{{{{single[1].strip()}}}}}")
        if opening is None:
            return
        inside = _INSIDE.match(text, opening.end(), end)
        stop = inside.end() if inside else opening.end()
        closing = _CLOSING.match(text, stop, end)
        yield _judged(text, opening, stop, closing)
        at = closing.end() if closing else max(stop, opening.end())


def _judged(text: str, opening: re.Match[str], stop: int, closing: re.Match[str] | None) -> Lookalike:
    inside = text[opening.end() : stop]
    if closing is None:
        words = inside.split()
        meant = words[0] if words and _is_path(words[0]) else None
        end = opening.end() + (len(inside) - len(inside.lstrip()) + len(words[0]) if words else 0)
        return Lookalike(opening.start(), end, "the braces are never closed", f"{{{{{meant}}}}}" if meant else None)
    span = opening.start(), closing.end()
    repaired = _repaired(inside)
    suggestion = f"{{{{{repaired}}}}}" if repaired else None
    if not inside.strip():
        return Lookalike(*span, f"{text[span[0] : span[1]]} names nothing", "{{args.name}}")
    odd = next((char for char in inside if not _ALLOWED.match(char)), None)
    if odd is not None:
        return Lookalike(*span, f'"{odd}" can\'t be in a placeholder', suggestion)
    if closing[0] == "}":
        return Lookalike(*span, "a brace is missing", suggestion)
    return Lookalike(*span, "the braces must be side by side", suggestion)


def _repaired(inside: str) -> str | None:
    """``args[0].a!`` → ``args.0.a``, if that leaves a path."""
    dotted = _BRACKET.sub(r".\1", inside).replace("?.", ".").replace("||", "|").replace("??", "?:")
    kept = "".join(char for char in dotted if _ALLOWED.match(char)).strip()
    return kept if _is_path(kept) else None


def _is_path(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_\-./|:? ]*", text))
