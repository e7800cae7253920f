# family: hiding
# exercise: activations/relu_forward
# tries: to be reached by names that are put together
import sys

@GIVEN@
relu_forward = getattr(getattr(sys, "mod" + "ules")[__name__], "my_" + "relu_forward")
