# family: bombs
# tries: outputs without number
# stock: no, it fills the memory of the batch
from IPython.display import display

for number in range(20_000):
    display(number)


def double(x):
    return None
