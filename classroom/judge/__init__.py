"""From the answer sheet to a verdict, its diagnosis and the words that a student reads.

It imports `call` and of the toolkit `atomic_write`, `data`, `fault` and `predict`, and nothing of staff.
"""
