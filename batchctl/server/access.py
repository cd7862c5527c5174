"""One call as it is logged."""

from __future__ import annotations

from batchctl.plain import clean
from batchctl.structs import Struct

_MAX_LENGTH = 300


class Access(Struct, frozen=True):
    """One request to the server and its outcome, as it is logged.

    ``client`` is the caller's address, ``target`` path and query, undecoded; ``status`` is that of the response,
    ``size`` the bytes of its body, ``seconds`` the time that it took.
    """

    client: str
    method: str
    target: str
    status: int
    size: int
    seconds: float

    def line(self) -> str:
        """The request as a line of a log: ``127.0.0.1 GET /unified/crm/contacts?limit=2 200 1.2 ms 310 B``."""
        target = self.target if len(self.target) <= _MAX_LENGTH else self.target[: _MAX_LENGTH - 1] + "…"
        return clean(f"{self.client} {self.method} {target} {self.status} {self.seconds * 1000:.1f} ms {self.size} B")
