"""So many calls in any span of so many seconds."""

from __future__ import annotations

from collections import deque


class SlidingWindow:
    """Counts calls so that no span of ``period_s`` seconds has more than ``calls`` (None: any number).

    All times are seconds of one clock. A token bucket would not do: a span that begins with a full bucket allows twice
    as many. Raises ``ValueError`` for less than one call.
    """

    def __init__(self, calls: int | None, period_s: float = 10.0) -> None:
        if calls is not None and calls < 1:
            raise ValueError("a window of no calls lets nothing through")
        self._calls = calls
        self._period_s = period_s
        self._taken: deque[float] = deque(maxlen=calls or 0)
        self._closed_until_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """How many seconds from ``now_s`` on a call has to wait; 0 when it may be sent at once."""
        free_s = self._taken[0] + self._period_s if len(self._taken) == self._calls else now_s
        return max(0.0, free_s - now_s, self._closed_until_s - now_s)

    def take(self, now_s: float) -> None:
        """Count a call at ``now_s``. Call it only right after ``wait_s`` returned 0, with times that never decrease."""
        self._taken.append(now_s)

    def is_idle(self, now_s: float) -> bool:
        """Whether at ``now_s`` the window is as if it were new: nothing counted or closed so far makes a call wait."""
        last_s = self._taken[-1] + self._period_s if self._taken else now_s
        return last_s <= now_s and self._closed_until_s <= now_s

    def close(self, until_s: float) -> None:
        """Let no call through until ``until_s``, since the service has answered that its limit is reached."""
        self._closed_until_s = max(self._closed_until_s, until_s)
