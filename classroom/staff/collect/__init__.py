"""What learning systems hand over, turned into attempts of students: archives, and one file for each system's names.

It imports `records`, and `grade` to tell which of several notebooks is the work.
"""
