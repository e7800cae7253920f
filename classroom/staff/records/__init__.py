"""The class's own books, each a file under class/: who is in it, what was handed in when, the dates, and the log.

It imports no other wing.
"""
