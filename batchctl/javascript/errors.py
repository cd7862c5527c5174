"""What functions raise, in JavaScript's words; and the mark of objects that JSON does not have."""

from __future__ import annotations

from typing import Final

# The key of an object that stands for a date, a duration or a URL: under it is what it was made from, and under
# "json" in that what the service sends for it.
MARK: Final = "\0truto"


class HostError(Exception):
    """A function refuses its arguments, in the service's words; ``code`` is JSONata's where it has one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
