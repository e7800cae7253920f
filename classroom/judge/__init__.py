"""From the calls of an exercise to a verdict, its diagnosis and the words that a student reads.

It imports `call` and the toolkit's `data` and `fault`, and nothing of staff.
"""
