# family: hiding
# exercise: activations/relu_forward
# tries: to be reached by the fields of a format
import string

@GIVEN@


def probe():
    """Do nothing."""


relu_forward = string.Formatter().get_field("0.__globals__[my_relu_forward]", [probe], {})[0]
