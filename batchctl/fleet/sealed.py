"""Values that pass through the scheduler without being read or shown there."""

from __future__ import annotations


class Sealed:
    """The bytes ``data``, which logs and dashboards can't show: every text made of the object has only ``about``."""

    __slots__ = ("about", "data")

    def __init__(self, about: str, data: bytes) -> None:
        self.about = about
        self.data = data

    def __repr__(self) -> str:
        return f"<{self.about}>"

    def __reduce__(self) -> tuple[type[Sealed], tuple[str, bytes]]:
        return Sealed, (self.about, self.data)
