"""Queue policies of one's own, named in a scenario as `policies.py:FUNCTION`. Each gets what the responders know."""

from __future__ import annotations

from sim.workflow.policies import View


def large_then_fresh(view: View) -> int:
    """The largest first; of those of about the same size (within a factor of two) the one credited last."""
    return -(view.amount.bit_length() << 42) - view.credited
