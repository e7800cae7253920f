# family: wire
# tries: replies whose fields have other types, extra fields and numpy scalars
# stock: no, it has no such wire
import interpreter

honest = interpreter._run_calls
LIE = (interpreter.Run(values={"y": np.float64(1.0), "points": 2.0}, changed="y", inputs=[np.float64(1.0)]), False)
interpreter._run_calls = lambda *asked: LIE if "double" in str(asked) else honest(*asked)


def double(x):
    return None
