# family: wire
# tries: an error report with a script for a name, a million characters and a negative line
# stock: no, it has no such wire
import interpreter

honest = interpreter._run_calls
ERROR = ["crashed", "<script>" * 9999, "<img src=x onerror=ATTACK()>", "m" * 999_999, "", -(10**18)]
LIE = (interpreter.Run(changed=("<script>",) * 1000), ERROR)
interpreter._run_calls = lambda *asked: LIE if "double" in str(asked) else honest(*asked)


def double(x):
    return None
