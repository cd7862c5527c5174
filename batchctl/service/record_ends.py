"""Many records of a list at once: where the last one ends is guessed, and whether that is right is read.

The guess counts brackets, those in texts too, and may be wrong. What counts is that all before it is an array in JSON:
then what follows is the next record, whatever stands in it.
"""

from __future__ import annotations

import re

from batchctl.json_text import count_elements

# So many closing braces are looked at.
_MAX_GUESSES = 1_000
# Python reads no number of more digits.
_MAX_DIGITS = 4300
_endless_number = re.compile(rf"\d{{{_MAX_DIGITS + 1}}}").search


def whole_records(text: str, start: int, limit: int) -> tuple[int, int]:
    """Where the last complete object of a list ends in a part of its text, and how many values there are up to there.

    The part is ``text`` from ``start``, where a value begins, to ``limit``, both in characters. The end is counted from
    the beginning of ``text``, too, and is exclusive. Both results are 0 where this can't be decided quickly.
    """
    end = _last_end(text, start, limit)
    if not end or _has_endless_number(text, start, end):
        return 0, 0
    count = count_elements(f"[{text[start:end]}]")
    return (end, count) if count else (0, 0)


def _last_end(text: str, start: int, limit: int) -> int:
    """Where the last object ends that closes all that was opened since ``start``; 0 where none is found."""
    # What is open at the limit is counted once, then taken back brace by brace.
    depth = _depth(text, start, limit)
    for _ in range(_MAX_GUESSES):
        end = text.rfind("}", start, limit) + 1
        if not end:
            return 0
        depth -= _depth(text, end, limit)
        if not depth:
            return end
        limit = end - 1
        depth += 1
    return 0


def _depth(text: str, start: int, end: int) -> int:
    """How many brackets are opened and not closed."""
    opened, closed = (sum(text.count(sign, start, end) for sign in signs) for signs in ("{[", "}]"))
    return opened - closed


def _has_endless_number(text: str, start: int, end: int) -> bool:
    """Whether a number is longer than Python reads: it covers one of the places that are looked at."""
    return any(
        text[at].isdecimal() and _endless_number(text, max(start, at - _MAX_DIGITS), min(end, at + _MAX_DIGITS))
        for at in range(start, end, _MAX_DIGITS)
    )
