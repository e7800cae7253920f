"""A lecture as a page that needs no kernel: folded code, predictions to answer, explorers to move.

It imports `explorers`, `grade` for markdown, and `report` for the colours of code.
"""
