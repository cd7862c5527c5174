"""Values that pass through the scheduler without being read or shown there."""

from __future__ import annotations


class Sealed:
    """Bytes that pass through a Dask scheduler without being shown in its logs and dashboards.

    ``data`` are the bytes; any text made of the object has only ``about``, a description.
    """

    __slots__ = ("about", "data")

    def __init__(self, about: str, data: bytes) -> None:
        self.about = about
        self.data = data

    def __repr__(self) -> str:
        return f"<{self.about}>"

    def __reduce__(self) -> tuple[type[Sealed], tuple[str, bytes]]:
        return Sealed, (self.about, self.data)
