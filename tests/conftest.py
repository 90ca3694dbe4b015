"""Settings for all tests: Hypothesis draws the same examples every time, and Ctrl-C is heeded."""

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it sends to the background so, and every command that a test starts would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
