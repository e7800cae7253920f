# family: objects
# tries: plain data that is expensive to look at: a list nested a thousand deep
# stock: yes
def double(x):
    value = [1.0]
    for _ in range(1000):
        value = [value]
    return value
