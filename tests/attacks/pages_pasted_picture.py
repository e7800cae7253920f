# family: pages
# tries: a picture that is pasted and not there, in two spellings: the page of feedback fails
# stock: yes
def double(x):
    return None
# %% markdown
# ![x](attachment:ATTACK.png) and ![y][pasted]
#
# [pasted]: attachment:ATTACK.png
# %% cell explain
See ![my plot](attachment:ATTACK.png).
