"""How property tests run: what a machine's load does to an example is no failure."""

from hypothesis import HealthCheck, settings

settings.register_profile("reading", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("reading")
