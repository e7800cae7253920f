"""What goes out: grades as each learning system takes them, and feedback in zips that their uploads accept.

It imports `grade` and `report` for what the gradebook holds, `declare` for titles, `records`, and, for what runs on
Gradescope, `judge` and `sandbox`.
"""
