"""An exercise as staff declares it, and the answer sheet that is computed from the declaration.

It imports `call` and `judge`; it knows neither the sandbox nor grading.
"""
