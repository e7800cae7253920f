# family: judging
# tries: a list that contains itself
# stock: yes
def double(x):
    answer = []
    answer.append(answer)
    return answer
