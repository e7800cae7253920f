"""A class that is invented, hands in, and is graded: the whole course played through.

It imports every other wing.
"""
