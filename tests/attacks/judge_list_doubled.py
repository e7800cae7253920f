# family: judging
# tries: a list that holds another twice, and that one a third twice: 2**60 parts
# stock: no, it takes the machine's memory
def double(x):
    answer = [1.0]
    for _ in range(60):
        answer = [answer, answer]
    return answer
