"""One submission, a class, and nbgrader's gradebook: read, examine, store, record.

It imports `sandbox`, `call` and `judge`, and `declare` to compute an exam; it knows neither authoring nor reports.
"""
