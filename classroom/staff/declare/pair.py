"""A forward pass and its backward pass, which share a cache: other versions of both, and mutants of either."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from classroom.call.value import Value
from classroom.staff.declare.declaration import Draw, Mutant, PairGradient, Property
from classroom.staff.declare.textual_mutants import textual_mutants


@dataclass(frozen=True)
class Pair:
    """The two functions of an operation, as the reference has them."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]

    @property
    def names(self) -> tuple[str, str]:
        """Their names, which are those of the student's functions."""
        return self.forward.__name__, self.backward.__name__

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter((self.forward, self.backward))

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        """Both functions, by name."""
        return self.written(self.forward, self.backward)

    def written(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
        """Return another version of the two under their names: what one keeps in its cache only the other can read."""
        return dict(zip(self.names, (forward, backward), strict=True))

    def gradient(
        self,
        *,
        inputs: Mapping[str, Value] | Draw,
        arguments: Sequence[str] | None = None,
        linear: bool = False,
    ) -> Property:
        """Declare that the backward pass gives the slopes of the forward pass; see `PairGradient`."""
        return Property(PairGradient(*self.names, arguments, linear), inputs=inputs)

    def forward_mutants(self, forward: Callable[..., Any], backward: Callable[..., Any], text: str) -> list[Mutant]:
        """Return `textual_mutants` of this forward pass, each beside this backward pass."""
        found = textual_mutants(forward, text)
        return [replace(mutant, functions=self.written(mutant.function, backward)) for mutant in found]

    def backward_mutants(self, forward: Callable[..., Any], backward: Callable[..., Any], text: str) -> list[Mutant]:
        """Return `textual_mutants` of this backward pass, each beside this forward pass."""
        found = textual_mutants(backward, text)
        return [replace(mutant, functions=self.written(forward, mutant.function)) for mutant in found]
