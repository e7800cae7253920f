"""Wrong answers that nobody thought of: right code with one change in its syntax tree, and what the checks say to it.

It imports `declare`, `call` and `judge`; it knows neither the sandbox nor grading.
"""
