# %% not whole steps
def step_schedule(rate, step, every, factor=0.1):
    return rate * factor ** (step / every)
# %% times, not a power
def step_schedule(rate, step, every, factor=0.1):
    return rate * factor * (step // every)
# %% dropped once
def step_schedule(rate, step, every, factor=0.1):
    return rate * factor if step >= every else rate
# %% one too early
def step_schedule(rate, step, every, factor=0.1):
    return rate * factor ** ((step + 1) // every)
# %% only at the multiples
def step_schedule(rate, step, every, factor=0.1):
    if step % every == 0:
        rate = rate * factor
    return rate
