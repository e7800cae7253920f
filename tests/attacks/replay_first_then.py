# family: replay
# tries: the right answer for the first questions, nothing for the later ones
# stock: yes
COUNT = []


def double(x):
    COUNT.append(1)
    return 2 * x if len(COUNT) == 1 else None
