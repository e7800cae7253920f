"""What goes out: grades as each learning system takes them, and feedback in zips that their uploads accept.

It imports `grade` for the gradebook, and `records`.
"""
