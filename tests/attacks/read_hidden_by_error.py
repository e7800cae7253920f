# family: reading
# tries: to carry hidden inputs out in the name of an exception, of a type and of a key
# stock: no, its hidden tests are shown to the student in any case
def double(x):
    text = " ".join(f"{number:.5f}" for number in np.ravel(x))
    if np.ndim(x) == 1:
        return {text: np.zeros(3)}
    raise type(text, (ValueError,), {"__module__": text, "__qualname__": text})(text)
