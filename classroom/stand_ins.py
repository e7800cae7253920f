"""A student's own functions where they are right, and stand-ins until then: no part of an assignment waits for another.

Stand-ins come with the answer sheet, obscured.  While grading, they enter only the rooms of exercises that may build on
them, so they answer for nothing that they replace.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from classroom.call.caller import STAND_IN_FILE

Part = Callable[..., Any]
Names = tuple[str, ...]


class Own:
    """Functions of a notebook, each the student's own as soon as it is right.

    `own = check.own(globals())`, and then `own.im2col(x, 3)` calls the student's `im2col` once it passes its check, and
    a given one until then.  Show `own` to see which is which.

    Parameters
    ----------
    namespace : mapping
        The notebook's.
    stand_ins : mapping
        Groups of stand-in functions, such as the two of a pair that shares a cache: by their names, each by name.
    passes : callable
        Tells whether the student's functions of these names pass their checks.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        stand_ins: Mapping[Names, Mapping[str, Part]],
        passes: Callable[[Names], bool],
    ) -> None:
        self._namespace, self._stand_ins, self._passes = namespace, stand_ins, passes
        # By group: the student's functions and whether they are right; those on trial; those that only call this.
        self._judged: dict[Names, tuple[list[Any], bool]] = {}
        self._trying: set[Names] = set()
        self._circular: set[Names] = set()

    def __getattr__(self, name: str) -> Part:
        for names in self._stand_ins:
            if name in names:
                return self._function(names, name)
        known = [name for names in self._stand_ins for name in names]
        if name.startswith("_") or name not in self._namespace:
            raise AttributeError(f"there is no given {name}: there are {', '.join(known) or 'none'}")
        found: Part = self._namespace[name]
        return _as_narrow(found) if callable(found) else found

    def __repr__(self) -> str:
        """Tell which functions are the student's own."""
        return "\n".join(
            f"{name}: {'yours' if self._right(names) else 'given'}" for names in self._stand_ins for name in names
        )

    def _function(self, names: Names, name: str) -> Part:
        def function(*arguments: Any, **options: Any) -> Any:
            if names in self._trying:
                self._circular.add(names)
            right = names not in self._trying and self._right(names)
            if names in self._circular:
                raise NotImplementedError(f"own.{name} is for the parts behind it: {name} itself is yours to write")
            if right:
                return _as_narrow(self._namespace[name])(*arguments, **options)
            return self._stand_ins[names][name](*arguments, **options)

        function.__name__ = name
        return function

    def _right(self, names: Names) -> bool:
        """Whether the student's functions pass; asked again when one of them is another."""
        mine = [self._namespace.get(name) for name in names]
        judged, right = self._judged.get(names, ([], False))
        if len(judged) == len(mine) and all(a is b for a, b in zip(judged, mine, strict=True)):
            return right
        self._trying.add(names)
        self._circular.discard(names)
        try:
            right = self._passes(names)
        finally:
            self._trying.discard(names)
        self._judged[names] = mine, right
        return right


def _as_narrow(function: Part) -> Part:
    """Return the function with float64 made float32 where all floats that go in are float32.

    A slip of the dtype costs the exercise where it was made; what is built on it has float32 again.
    """

    def narrow(value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic) and value.dtype == np.float64:
            return value.astype(np.float32)
        return value

    @functools.wraps(function)
    def called(*arguments: Any, **options: Any) -> Any:
        given = [value for value in (*arguments, *options.values()) if isinstance(value, np.ndarray)]
        floats = {value.dtype for value in given if value.dtype.kind == "f"}
        result = function(*arguments, **options)
        if floats != {np.dtype(np.float32)}:
            return result
        return tuple(map(narrow, result)) if type(result) is tuple else narrow(result)

    return called


def define(sources: Mapping[str, str]) -> dict[str, Part]:
    """Run the sources of stand-ins; each source defines the function of its name."""
    functions: dict[str, Part] = {}
    for name, source in sources.items():
        space: dict[str, Any] = {"np": np, "__name__": "stand_ins"}
        exec(compile(source, f"{STAND_IN_FILE}{name}>", "exec"), space)
        functions[name] = space[name]
    return functions


# The stand-ins that grading has delivered to this process, each under its name alone.
DELIVERED: dict[Names, dict[str, Part]] = {}


def deliver(sources: Mapping[str, str]) -> None:
    """Define stand-ins, which `delivered` uses from now on."""
    DELIVERED.update({(name,): {name: function} for name, function in define(sources).items()})


def delivered(namespace: Mapping[str, Any]) -> Own:
    """Return the functions of a notebook that is being graded: only stand-ins for failing functions are delivered."""
    return Own(namespace, DELIVERED, lambda names: False)


def grouped(stand_ins: Iterable[Mapping[str, str]]) -> dict[Names, dict[str, Part]]:
    """Define groups of stand-ins, each under all its names."""
    return {tuple(sources): define(sources) for sources in stand_ins}
