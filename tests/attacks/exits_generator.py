# family: exits
# tries: GeneratorExit and StopIteration, which loops take for their own end
# stock: yes
def double(x):
    raise (GeneratorExit if np.ndim(x) == 1 else StopIteration)
