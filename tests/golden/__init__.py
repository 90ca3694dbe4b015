"""Golden logs: digests of runs that must not move unless a change announces it; `python -m tests.golden` makes them."""
