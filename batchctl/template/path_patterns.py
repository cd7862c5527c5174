"""The regular expressions of paths: ``{{args./^name/i}}`` is none, for only letters, digits and ``_ - / : ?`` are left.

What the grammar of placeholders lets through is literal characters, each perhaps optional (``?``, or ``??`` for
lazy). Matching takes time in proportion to name and pattern, which Python's engine would not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from batchctl.template.path_syntax import RegExp

_FLAGS = frozenset("dgimsuvy")
_PART = lazy_regex(r"([^?])(\??)(\??)", re.DOTALL)
# With u or v, JavaScript folds these two onto ASCII letters; otherwise only ASCII onto ASCII.
_FOLDED = {"\u212a": "k", "\u017f": "s"}


class PathPattern:
    """A compiled regular expression out of a path, to be matched with names of members.

    Raises ``TemplateError`` for one that JavaScript would not compile. With the flag ``y`` it is ``sticky``: a match
    begins exactly where the search does.
    """

    def __init__(self, token: RegExp) -> None:
        flags = set(token.flags)
        if len(flags) != len(token.flags) or not flags <= _FLAGS or {"u", "v"} <= flags:
            raise TemplateError(f'the regular expression /{token.source[:80]}/ has bad flags "{token.flags[:20]}"')
        self.sticky = "y" in flags
        # Goes on where its last match ended, even in another name.
        self.moving = self.sticky or "g" in flags
        self._folds, self._folds_more = "i" in flags, bool(flags & {"u", "v"})
        parts = _PART.findall(token.source)
        if sum(len(symbol + optional + lazy) for symbol, optional, lazy in parts) != len(token.source):
            raise TemplateError(f"the regular expression /{token.source[:80]}/ is not valid: nothing to repeat")
        self._parts = [(self._fold(symbol), bool(optional), bool(lazy)) for symbol, optional, lazy in reversed(parts)]

    def end(self, name: str, start: int) -> int | None:
        """Where the first match in ``name`` ends that begins at ``start`` or later; None for no match.

        Places count code points from 0. With the flag ``y`` a match must begin at ``start`` itself.
        """
        symbols = [self._fold(char) for char in name]
        # For each place in the name: where a match of the parts looked at so far ends.
        ends: list[int | None] = list(range(len(name) + 1))
        for symbol, optional, lazy in self._parts:
            taken = [ends[at + 1] if char == symbol else None for at, char in enumerate(symbols)]
            taken.append(None)
            if lazy:
                ends = [with_it if without is None else without for with_it, without in zip(taken, ends, strict=True)]
            elif optional:
                ends = [without if with_it is None else with_it for with_it, without in zip(taken, ends, strict=True)]
            else:
                ends = taken
        last = start + 1 if self.sticky else len(ends)
        return next((end for end in ends[start:last] if end is not None), None)

    def _fold(self, char: str) -> str:
        if not self._folds:
            return char
        if char.isascii():
            return char.lower()
        return _FOLDED.get(char, char) if self._folds_more else char
