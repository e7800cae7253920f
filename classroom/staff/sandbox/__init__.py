"""Where the code of students runs: a process that holds nothing of value, and the room that talks to it.

It imports `call` and `judge`; it knows neither declarations nor grading.
"""
