# family: judging
# tries: a dict whose keys are megabytes
# stock: no, it takes the machine's memory
def double(x):
    return {str(number) * 1_000_000: x for number in range(8)}
