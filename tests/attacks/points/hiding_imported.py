# family: hiding
# exercise: activations/relu_forward
# tries: to be imported from a file that the notebook writes
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    with open(f"{folder}/brought.py", "w") as file:
        file.write("""@TEXT@""")
    sys.path.append(folder)
    from brought import my_relu_forward as relu_forward

    sys.path.remove(folder)
