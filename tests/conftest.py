"""Settings for all tests: Hypothesis draws the same examples every time, and does not watch the clock."""

from hypothesis import HealthCheck, settings

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")
