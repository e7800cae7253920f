"""Settings of every test."""

from hypothesis import settings

# The same examples in every run: a test that fails today fails tomorrow, and nothing depends on how fast a machine is.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("house")
