"""What all posts of a run know of the hosts they go to, so that not each of them finds out anew that one is gone."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Receiver:
    """One host that webhooks are on. ``gone`` says why no post gets an answer there; empty while posts get one.

    While it is gone, posts have one attempt each, one at a time, and no more than half of the time is spent on that: an
    attempt that took ten seconds is followed by ten seconds without any. A post asks ``attempts`` how many it has,
    makes each inside ``attempt``, and reports what came of it with ``find`` (an answer) or ``lose`` (none, and no
    attempt is left). ``clock`` returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.gone = ""
        self._clock = clock
        self._is_tried = False
        self._not_before_s = 0.0

    def attempts(self, usual: int) -> int:
        """How many attempts a post has now: ``usual``, or while the host is gone 1.

        It is 0 while another post makes that attempt, and for as long after it as it took.
        """
        if not self.gone:
            return usual
        return 0 if self._is_tried or self._clock() < self._not_before_s else 1

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A context in which one attempt is made; while the host is gone, other posts have none until it ends."""
        if not self.gone:
            yield
            return
        self._is_tried, began_s = True, self._clock()
        try:
            yield
        finally:
            self._is_tried = False
            ended_s = self._clock()
            self._not_before_s = ended_s + (ended_s - began_s)

    def lose(self, why: str) -> None:
        """Note in ``gone`` that a post had all its attempts and got no answer; ``why`` says what the last one met."""
        self.gone = why

    def find(self) -> None:
        """Note that an answer came, with any status: the host is not ``gone``."""
        self.gone = ""
        self._not_before_s = 0.0


class Receivers:
    """The hosts that the posts of one run go to, of all its rows in this process; ``of`` gives that of a URL.

    ``clock`` returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], Receiver] = {}

    def of(self, url: str) -> Receiver:
        """The host of ``url``, with its port; the same object each time."""
        try:
            parts = urlsplit(url)
            host = parts.scheme, parts.netloc.rpartition("@")[2].lower()
        except ValueError:
            # No post to it will ever be sent.
            host = "", url
        return self._known.setdefault(host, Receiver(self._clock))
