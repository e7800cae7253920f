# %% half in the loss, not in the gradient
def l2_penalty(weight, strength):
    return 0.5 * strength * np.sum(weight * weight), 2 * strength * weight
# %% the 2 forgotten in the gradient
def l2_penalty(weight, strength):
    return strength * np.sum(weight ** 2), strength * weight
# %% the mean of squares
def l2_penalty(weight, strength):
    return strength * np.mean(weight ** 2), 2 * strength * weight / weight.size
# %% L1
def l2_penalty(weight, strength):
    return strength * np.abs(weight).sum(), strength * np.sign(weight)
# %% the norm with its root
def l2_penalty(weight, strength):
    return strength * np.linalg.norm(weight), 2 * strength * weight
