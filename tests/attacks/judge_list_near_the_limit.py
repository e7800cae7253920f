# family: judging
# tries: a list as deep as may be, and as wide as may be, that is to become an array
# stock: no, it takes the machine's memory
def double(x):
    answer = [1.0] * 90_000
    for _ in range(30):
        answer = [answer]
    return answer
