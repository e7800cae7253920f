# family: hiding
# exercise: activations/relu_forward
# tries: to be looked up as the annotation of something else
import typing

@GIVEN@


class Shape:
    def pair(self) -> "my_relu_forward":
        """Stand for nothing."""


relu_forward = typing.get_type_hints(Shape.pair)["return"]
