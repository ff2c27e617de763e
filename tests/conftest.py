"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are shared
settings.load_profile("patient")
