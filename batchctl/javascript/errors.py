"""What functions raise, in JavaScript's words."""

from __future__ import annotations


class HostError(Exception):
    """A function refuses its arguments, with the service's message; ``code`` is JSONata's error code where it has one.

    ``position`` is the place in the expression in code points and ``token`` the text there, where known.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.position: int | None = None
        self.token: str | None = None

    def at(self, position: int, token: str) -> HostError:
        """This error with its place, unless it has one."""
        if self.position is None:
            self.position = position
        if self.token is None:
            self.token = token
        return self


class NotExact(Exception):
    """The result is a number that JSON does not have (NaN, infinity): evaluate with ``batchctl.jsonata`` instead."""
