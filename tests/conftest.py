"""Settings for all tests: how Hypothesis draws, and that Ctrl-C is heeded.

`make test` draws the same examples every time, so that a failure is a change's own; `make test-long` draws new ones
(`--hypothesis-profile=free`) and prints how to draw again what failed.
"""

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("free", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")  # unless the command line names another

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it sends to the background so, and every command that a test starts would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
