# family: pages
# tries: half characters in the values that messages quote, here and in the quiz
# stock: no, its test compares two plain texts
# costs: quiz_1=0
def double(x):
    return "\ud800\0\x1b[2J"
# %% cell answer-quiz_1
answer_1 = "\udfff\ud800\0"
