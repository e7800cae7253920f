# family: judging
# tries: a dict that contains itself, behind a list
# stock: yes
def double(x):
    answer = {}
    answer["y"] = [answer]
    return answer
