"""A student's own functions where they are right, given ones until then: no part of an assignment waits for another.

What is given comes sealed with the answer sheet.  When grading it enters only the rooms of exercises that may build on
it, so it answers for nothing that it stands in for.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

Part = Callable[..., Any]
Names = tuple[str, ...]


class Own:
    """Functions of a notebook, each the student's own as soon as it is right.

    `own = check.own(globals())`, and then `own.im2col(x, 3)` calls the student's `im2col` once it passes its check, and
    a given one until then.  Show `own` to see which is which.

    Parameters
    ----------
    namespace : the notebook's
    given : by the names of functions that stand in together, as a pair does that shares a cache: the given ones by name
    passes : tells whether the student's functions of these names pass their checks
    """

    def __init__(
        self, namespace: Mapping[str, Any], given: Mapping[Names, Mapping[str, Part]], passes: Callable[[Names], bool]
    ) -> None:
        self._namespace, self._given, self._passes = namespace, given, passes
        # By group: the student's functions and whether they are right; those on trial; those that only call this.
        self._judged: dict[Names, tuple[list[Any], bool]] = {}
        self._trying: set[Names] = set()
        self._circular: set[Names] = set()

    def __getattr__(self, name: str) -> Part:
        for names in self._given:
            if name in names:
                return self._function(names, name)
        known = [name for names in self._given for name in names]
        if name.startswith("_") or name not in self._namespace:
            raise AttributeError(f"there is no given {name}: there are {', '.join(known) or 'none'}")
        return self._namespace[name]

    def __repr__(self) -> str:
        """Tell which functions are the student's own."""
        return "\n".join(
            f"{name}: {'yours' if self._right(names) else 'given'}" for names in self._given for name in names
        )

    def _function(self, names: Names, name: str) -> Part:
        def function(*arguments: Any, **options: Any) -> Any:
            if names in self._trying:
                self._circular.add(names)
            right = names not in self._trying and self._right(names)
            if names in self._circular:
                raise NotImplementedError(f"own.{name} is for the parts behind it: {name} itself is yours to write")
            return (self._namespace if right else self._given[names])[name](*arguments, **options)

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


def define(sources: Mapping[str, str]) -> dict[str, Part]:
    """Run the sources of given functions; each source defines the function of its name."""
    functions: dict[str, Part] = {}
    for name, source in sources.items():
        space: dict[str, Any] = {"np": np, "__name__": "given"}
        exec(compile(source, f"<given {name}>", "exec"), space)
        functions[name] = space[name]
    return functions


# What grading has given to this process; there, whatever is given stands in, for what passes is not given.
DELIVERED: dict[Names, dict[str, Part]] = {}


def deliver(sources: Mapping[str, str]) -> None:
    """Let given functions stand in from now on."""
    DELIVERED.update({(name,): {name: function} for name, function in define(sources).items()})


def delivered(namespace: Mapping[str, Any]) -> Own:
    """Return the functions of a notebook that is being graded."""
    return Own(namespace, DELIVERED, lambda names: False)


def grouped(given: Iterable[Mapping[str, str]]) -> dict[Names, dict[str, Part]]:
    """Define given functions, those that stand in together under all their names."""
    return {tuple(sources): define(sources) for sources in given}
