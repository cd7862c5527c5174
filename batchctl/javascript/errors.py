"""What functions raise, in JavaScript's words."""

from __future__ import annotations


class HostError(Exception):
    """A function refuses its arguments, in the service's words; ``code`` is JSONata's where it has one.

    ``position`` is the place in the expression in code points and ``token`` what stands there, as far as known.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.position: int | None = None
        self.token: str | None = None

    def at(self, position: int, token: str, *, over: bool = False) -> HostError:
        """This error with its place, unless it has one; ``over`` replaces the position but not the token."""
        if over or self.position is None:
            self.position = position
        if self.token is None:
            self.token = token
        return self


class NotExact(Exception):
    """The result is a number that JSON does not have (NaN, infinity): evaluate with ``batchctl.jsonata`` instead."""
