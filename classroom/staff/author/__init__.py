"""From text to notebook, and from notebook to the bundle that students receive.

It imports `declare`, `call` and `judge`, `pages` for the lectures, and, for the sheet with hidden cases, `grade.exam`.
"""
