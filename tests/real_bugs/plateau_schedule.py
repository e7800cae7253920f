# %% compared with the loss before, not the best
def plateau_schedule(rate, losses, patience, factor=0.1):
    waited, before = 0, float("inf")
    for loss in losses:
        waited = 0 if loss < before else waited + 1
        before = loss
        if waited >= patience:
            rate, waited = rate * factor, 0
    return rate
# %% right
def plateau_schedule(rate, losses, patience, factor=0.1):
    waited, best = 0, float("inf")
    for loss in losses:
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
            if waited >= patience:
                rate, waited = rate * factor, 0
    return rate
# %% one too late
# waited >= patience => waited > patience
# %% not started anew after a drop
# rate, waited = rate * factor, 0 => rate *= factor
# %% equal counts as better
# loss < best => loss <= best
