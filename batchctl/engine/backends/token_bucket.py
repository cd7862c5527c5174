"""So many calls in any span of so many seconds."""

from __future__ import annotations

from collections import deque


class TokenBucket:
    """``tokens`` that each come back ``period_s`` seconds after they were taken.

    No span of that length ever sees more of them taken, which a bucket that refills steadily can't promise.
    """

    def __init__(self, tokens: int, period_s: float = 10.0) -> None:
        if tokens < 1:
            raise ValueError("a bucket without tokens lets nothing through")
        self._tokens = tokens
        self._period_s = period_s
        self._taken: deque[float] = deque(maxlen=tokens)
        self._closed_until_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Seconds until a token is there; 0 when one is there now."""
        free_s = self._taken[0] + self._period_s if len(self._taken) == self._tokens else now_s
        return max(0.0, free_s - now_s, self._closed_until_s - now_s)

    def take(self, now_s: float) -> None:
        """Take one. Only right after ``wait_s`` said 0; times never go back."""
        self._taken.append(now_s)

    def close(self, until_s: float) -> None:
        """Give none until then: the other side counts otherwise."""
        self._closed_until_s = max(self._closed_until_s, until_s)
