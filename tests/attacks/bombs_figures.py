# family: bombs
# tries: a thousand figures, one of them of a gigapixel
# stock: no, it takes the machine's memory
import matplotlib.pyplot as plt

for _ in range(30):
    plt.figure(figsize=(1, 1))
plt.figure(figsize=(500, 500), dpi=200)
plt.show()


def double(x):
    plt.figure(figsize=(9000, 9000))
    return None
