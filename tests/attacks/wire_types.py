# family: wire
# tries: replies whose fields have other types, extra fields and numpy scalars
# stock: no, it has no such wire
import interpreter

honest = interpreter._run_calls
LIE = {"values": ["y", np.float64(1.0)], "changed": None, "error": False, "points": 2.0}
interpreter._run_calls = lambda *asked: LIE if "double" in str(asked) else honest(*asked)


def double(x):
    return None
