"""What a student installs: checks, claims, figures and data of the course."""

# Bound here and not on demand: a submodule of the same name would otherwise take the function's place.
from classroom.check import check as check
from classroom.claim import claim as claim
from classroom.predict import predict as predict
