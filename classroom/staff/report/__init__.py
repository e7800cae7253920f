"""What staff and students read after grading: the report on a class, its statistics, the feedback pages.

It imports `grade`, and `declare` for the titles of exercises.
"""
