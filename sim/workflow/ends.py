"""The ends of holds to come, without an event for each of them.

A stop and a freeze each last as long as the law says, so their ends come in the order in which they began: two queues
are enough, and of what was renewed or released meanwhile nothing is left on the clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence


class Ends:
    """Times at which holds may end, by card."""

    def __init__(self, still: Callable[[int], int], wake: Callable[[int], None]) -> None:
        """
        Args:
            still: until when (ms) a card is held as things are now.
            wake: asked to call `due` at a time (ms).
        """
        self._still, self._wake = still, wake
        self._stops: deque[tuple[int, int]] = deque()
        self._freezes: deque[tuple[int, int]] = deque()
        self._asked: set[int] = set()

    def add(self, time: int, card: int, *, frozen: bool) -> None:
        """A hold will end at a time (ms) unless it is renewed or ended before."""
        queue = self._freezes if frozen else self._stops
        queue.append((time, card))
        if len(queue) == 1:
            self._ask(time)

    def due(self, now: int) -> Sequence[int]:
        """The cards whose holds end now, in order; asks to be woken for the next."""
        self._asked.discard(now)
        cards: set[int] = set()
        for queue in (self._stops, self._freezes):
            while queue and (queue[0][0] <= now or self._still(queue[0][1]) != queue[0][0]):
                time, card = queue.popleft()
                if time == now and self._still(card) == now:
                    cards.add(card)
            if queue:
                self._ask(queue[0][0])
        return sorted(cards)

    def _ask(self, time: int) -> None:
        if time not in self._asked:
            self._asked.add(time)
            self._wake(time)
