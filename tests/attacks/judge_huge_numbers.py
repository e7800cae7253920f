# family: judging
# tries: thousands of whole numbers of thousands of digits
# stock: no, it takes the machine's memory
def double(x):
    return [10**3900 + number for number in range(5000)]
