# family: hiding
# exercise: activations/relu_forward
# tries: to be run from the comments of its own cell
import linecache
@COMMENTED@


def probe():
    """Do nothing."""


lines = linecache.getlines(probe.__code__.co_filename)
exec("".join(line[2:] for line in lines if line.startswith("# ")))
relu_forward = my_relu_forward
