"""What is done with the result of a run once it has ended: nothing that fails there loses it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Afterwards:
    """The steps after a run, such as a recording and reports: one that fails does not keep the next from being done.

    Each is the body of ``with afterwards.step()``. ``failed`` is the first error, None without one; ``finish`` raises
    it.
    """

    def __init__(self) -> None:
        self.failed: BatchctlError | None = None

    @contextmanager
    def step(self) -> Iterator[None]:
        """A context for one step: a ``BatchctlError`` in it is stored and not raised."""
        try:
            yield
        except BatchctlError as error:
            self.failed = self.failed or error

    def finish(self, result: object) -> None:
        """Raise the first error, if any, with ``result``, that of the run, as its attribute ``result``."""
        if self.failed is not None:
            self.failed.result = result
            raise self.failed
