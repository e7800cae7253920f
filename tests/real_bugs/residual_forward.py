# %% the shortcut forgotten
def residual_forward(x, branch_y, scale=1.0):
    return scale * branch_y, (x, scale)
# %% a relu at the end
def residual_forward(x, branch_y, scale=1.0):
    return np.maximum(scale * (x + branch_y), 0), (x, scale)
# %% the branch alone is scaled
def residual_forward(x, branch_y, scale=1.0):
    return x + scale * branch_y, (x, scale)
# %% in place
def residual_forward(x, branch_y, scale=1.0):
    branch_y += x
    return scale * branch_y, (x, scale)
# %% a product instead of the sum
def residual_forward(x, branch_y, scale=1.0):
    return scale * x * branch_y, (x, scale)
