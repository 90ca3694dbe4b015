"""The order of what happens at one instant: by what it is, never by when it was scheduled."""

from __future__ import annotations


class Ranks:
    """Order of the kinds of event at one instant.

    Debits come after the ends and starts of holds from outside, and before all else: `settle` blocks a debit at the
    very instant at which a hold starts, and lets it go at the instant at which one ends.
    """

    HOLD_END, HOLD_START, TASK_END, SHIFT, ARRIVAL, OBJECTION, ORDER, OVERDUE, HORIZON = (
        rank << 62 for rank in range(-2, 7)
    )
    DUTY = ARRIVAL + (1 << 50)
    """Work that is no case comes in after all that tells of cases."""
