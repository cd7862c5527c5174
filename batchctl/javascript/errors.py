"""What functions raise, in JavaScript's words."""

from __future__ import annotations


class HostError(Exception):
    """Raised by a function written in Python for arguments that the service refuses, with the service's message.

    ``code`` is JSONata's error code, empty where it has none. ``position`` is how many code points of the expression
    come before the end of the word or sign in question, and ``token`` is that word or sign; None where not known.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.position: int | None = None
        self.token: str | None = None

    def at(self, position: int, token: str) -> HostError:
        """This same error, with ``position`` and ``token`` (the text there) filled in where it has none yet."""
        if self.position is None:
            self.position = position
        if self.token is None:
            self.token = token
        return self


class NotExact(Exception):
    """Raised for values that the first engine, jlens, can't hold: evaluate with ``batchctl.jsonata`` instead.

    These are NaN and infinity, and objects that the expression itself made.
    """
