"""Regular expressions that are compiled when they are first used.

Compiling one takes 0.05 to 0.5 ms, a command imports a hundred of them and uses a fifth.
"""

from __future__ import annotations

import re
from typing import AnyStr, Generic, cast


class _LazyRegex(Generic[AnyStr]):
    """Has whatever a compiled expression has; each method is looked up once."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._text: AnyStr = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        # Python's own cache may forget an expression, the attribute stays.
        found = self.__dict__[name] = getattr(re.compile(self._text, self._flags), name)
        return found


def lazy_regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression as from ``re.compile``, but compiled when it is first used.

    A faulty expression raises ``re.error`` then. ``flags`` are those of ``re``.
    """
    return cast("re.Pattern[AnyStr]", _LazyRegex(text, flags))
