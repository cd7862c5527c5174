"""One call as it is logged."""

from __future__ import annotations

from batchctl.plain import clean
from batchctl.structs import Struct

_MAX_LENGTH = 300


class Access(Struct, frozen=True):
    """One call as it is logged: ``target`` is path and query, undecoded; ``size`` the bytes of the answer's body.

    ``client`` is the address of whoever called.
    """

    client: str
    method: str
    target: str
    status: int
    size: int
    seconds: float

    def line(self) -> str:
        """The call as a line: ``127.0.0.1 GET /unified/crm/contacts?limit=2 200 1.2 ms 310 B``."""
        target = self.target if len(self.target) <= _MAX_LENGTH else self.target[: _MAX_LENGTH - 1] + "…"
        return clean(f"{self.client} {self.method} {target} {self.status} {self.seconds * 1000:.1f} ms {self.size} B")
