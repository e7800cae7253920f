# family: hiding
# exercise: activations/relu_forward
# tries: to be found by pickle, which takes names as bytes
import pickle

@GIVEN@
relu_forward = pickle.loads(f"c{__name__}\nmy_relu_forward\n.".encode())
